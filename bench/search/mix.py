"""What is asked? One fixed mix of questions, the same of every candidate and every corpus."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from search.query import parse, resolve
from search.query.tree import Node


@dataclass(frozen=True)
class Asked:
    text: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"

    @property
    def parsed(self) -> Node:
        return parse(self.text).tree

    @property
    def tree(self) -> Node:
        return resolve(self.parsed).tree


MIX = (
    *map(
        Asked,
        (
            "rights",
            "workers",
            "migration",
            "recruitment",
            "trafficking",
            "remittances",
            "expulsion",
            "visa",
            "domestic workers",
            "women children",
            "rights of migrant workers",
            "recruitment agencies fees",
            "international protection migrants",
            "detention asylum border",
            "access to health services",
            '"migrant workers"',
            '"human rights"',
            '"domestic workers"',
            '"labour inspection"',
            '"rights of women"',
            '"domestic workers" country:PHL',
            '"human rights" country:(MEX OR MAR)',
            '"workers rights"~5',
            '"women violence"~10',
            "recruit*",
            "migra* rights",
            "traffick* women",
            "inspect*",
            "recruitment OR trafficking OR remittances",
            "(detention OR expulsion) migrants",
            "rights -children",
            "workers NOT (domestic OR women)",
            "country:PHL",
            "country:PHL rights",
            "title:rights",
            "title:migrant workers",
            "symbol:A/HRC/47/* rights",
            "rights since:2015",
            "migrants year:2004..2006",
            "since:2020",
            "droits travailleurs",
            "travail égalité",
            "trabajadores migrantes",
            "права трудящихся",
            "العمال المهاجرين",
            "移徙工人",
        ),
    ),
    Asked("rights", {"country": ("PHL",)}),
    Asked("workers", {"language": ("en",), "year": ("2015", "2016")}),
    Asked("migration", {"publisher": ("UN",)}),
    Asked("women", {}, "-date"),
    Asked("rights workers", {}, "date"),
)
