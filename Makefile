# Everything a newcomer types. Each target sets itself up; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help demo test fuzz chaos pictures bench bench-search bench-alerts bench-reading messages lint lock clean
SHELL := /bin/bash
PYTHON ?= python3
RUN := .venv/bin/python
DEBIAN_OCR := tesseract-ocr tesseract-ocr-eng tesseract-ocr-fra tesseract-ocr-spa tesseract-ocr-ara tesseract-ocr-chi-sim tesseract-ocr-rus
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: .venv/ready ## the whole main job on a replica; WEEK=2, ONCE=1, DOCS=folder, PORT=8700, ELASTICSEARCH=1
	@$(MAKE) -s ocr || true
	@$(if $(ELASTICSEARCH),$(MAKE) -s elasticsearch)
	@$(if $(ELASTICSEARCH),$(RUN) -m tests.elastic) $(RUN) -m flows.demo $(if $(ELASTICSEARCH),--cluster) $(if $(WEEK),--week $(WEEK)) $(if $(ONCE),--once) $(if $(DOCS),--docs "$(DOCS)") $(if $(PORT),--port $(PORT))

# The longest file first, so that the other core does all the rest meanwhile.
test: .venv/ready ## every test
	$(RUN) -m pytest -n 3 --dist loadfile --no-loadscope-reorder tests/flows/test_kill.py tests

fuzz: .venv/ready ## files broken at random, until documents or reasons come of them; MINUTES=3, SEED=6
	FORUMWATCH_FUZZ=$(or $(MINUTES),3) FORUMWATCH_FUZZ_SEED=$(or $(SEED),6) $(RUN) -m pytest -s tests/pipeline/test_fuzz.py

pictures: .venv/ready ## the demo's mails as text and as pictures, in build/demo/pictures
	$(RUN) -m tests.pictures build/demo/mailbox build/demo/pictures

chaos: .venv/ready ## mails under 1,000 kills, a bad relay, full disks, wrong clocks, put-back backups; KILLS=5000, SEED=7
	FORUMWATCH_CHAOS=$(or $(KILLS),1000) FORUMWATCH_CHAOS_SEED=$(or $(SEED),5) $(RUN) -m pytest tests/chaos
	FORUMWATCH_TEST_SEQUENCE=$(or $(MOMENTS),100000) $(RUN) -m pytest tests/search/alerts/matching/test_sequence.py
	FORUMWATCH_TEST_MATCHER=$(or $(EXAMPLES),5000) $(RUN) -m pytest tests/search/alerts/matching/test_newcomers.py

bench: .venv/ready ## figures, each beside its baseline from the same run
	$(RUN) -m bench

bench-search: .venv/ready ## search beside Elasticsearch, SQLite and raw Tantivy, about 10 minutes; WORKS=1000000, KEEP=1
	$(RUN) -m bench.search $(if $(WORKS),--works $(WORKS)) $(if $(KEEP),--keep)

bench-reading: .venv/ready ## text, speed and memory on real documents beside single extractors, about 20 minutes; KEEP=1, QUICK=1
	$(RUN) -m bench.reading $(if $(KEEP),--keep) $(if $(QUICK),--quick)

bench-alerts: .venv/ready ## saved searches against new works, beside naive ways, about 10 minutes; KEEP=1, PERCOLATOR=address
	$(RUN) -m bench.alerts $(if $(KEEP),--keep) $(if $(PERCOLATOR),--percolator $(PERCOLATOR))

messages: .venv/ready ## gathers what members read into the catalogs of translations, and says what is missing
	$(RUN) -m search.alerts.texts

lint: .venv/ready ## style and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

lock: .venv/ready ## pins anew what pyproject.toml asks for, with hashes
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --all-extras pyproject.toml -o requirements.txt

clean: ## forgets the virtual environment and the demo's data
	rm -rf .venv build

# .venv/ready is touched last, so that an interrupted set-up starts anew.
.venv/ready: requirements.txt requirements-uv.txt pyproject.toml
	@echo "Setting up .venv (once)"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv 2>/dev/null || { rm -rf .venv; $(MAKE) -s python-venv; $(PYTHON) -m venv .venv; }
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.txt
	@VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch .venv/ready

.PHONY: python-venv ocr elasticsearch
python-venv:
	@[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "Python cannot make virtual environments here: apt-get install python3-venv"; exit 1; }
	@apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null

# Scans need Tesseract. Root on Debian gets it; everyone else is told what is missing, what it costs and how to bring it.
ocr:
	@have="$$(tesseract --list-langs 2>/dev/null)"; missing=""; \
	for l in eng fra spa ara chi_sim rus; do grep -qx $$l <<<"$$have" || missing="$$missing $$l"; done; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Tesseract (for scans:$$missing)"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(DEBIAN_OCR) >/dev/null && exit 0; \
	fi; \
	echo "Tesseract lacks:$$missing. Scans will wait in the list \"needs OCR\". To bring it: sudo apt-get install $(DEBIAN_OCR)"

# The tests and the demo run a real Elasticsearch, which comes by Maven and needs a recent Java (tests/elastic.py).
elasticsearch: .venv/ready
	@missing="$$($(RUN) -m tests.elastic --missing)"; [ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing for Elasticsearch: $$missing"; apt-get update -qq; \
	  for each in $$missing; do \
	    [ "$$each" = java ] && each="$$(apt-cache pkgnames | grep -xE 'openjdk-(21|25)-jre-headless' | sort | tail -1)"; \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$$each" >/dev/null; \
	  done; \
	else echo "Elasticsearch needs: $$missing"; fi
