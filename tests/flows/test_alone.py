"""Does one step run once at a time, in one home folder, and on one PostgreSQL whatever the home folder?"""

import threading
import time
import uuid

import pytest
import sqlalchemy as sa

from flows.house import House
from flows.settings import Settings


@pytest.fixture(params=["one home", "one PostgreSQL"])
def houses(request, tmp_path):
    """Two houses that must not do the same step at once."""
    if request.param == "one home":
        return [House(Settings(home=tmp_path / "home")) for _ in range(2)]
    server = request.getfixturevalue("postgresql")
    name = f"t{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    url = server.rsplit("/", 1)[0] + "/" + name
    return [House(Settings(home=tmp_path / str(number), catalog=url)) for number in range(2)]


def test_a_step_is_done_by_one_at_a_time(houses):
    inside, most, lock = 0, 0, threading.Lock()
    _ = [house.catalog for house in houses]

    def work(house):
        nonlocal inside, most
        for _ in range(5):
            with house.alone("digest"):
                with lock:
                    inside += 1
                    most = max(most, inside)
                time.sleep(0.01)
                with lock:
                    inside -= 1

    threads = [threading.Thread(target=work, args=(house,)) for house in houses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    assert most == 1


def test_another_step_need_not_wait(houses):
    with houses[0].alone("digest"), houses[1].alone("index"):
        pass
