"""`python -m tests.publishers.contracts.record`: keep today's schemas and what a hub announces as a new set."""

import argparse
import shutil
from pathlib import Path

from mdm import bootstrap
from mdm.settings import Settings
from tests.publishers.contracts.samples import SAMPLES, domains_of_today, schemas_of_today, stored_sets, write
from tests.publishers.contracts.story import told
from tests.support.servers import ForgetfulPostgres, open_folder


def main() -> None:
    """Write the next set, or the newest one anew, unless that says what is in force."""
    parser = argparse.ArgumentParser(prog="python -m tests.publishers.contracts.record")
    parser.add_argument("--again", action="store_true", help="write the newest set anew: no release has carried it yet")
    again = parser.parse_args().again
    sets = stored_sets()
    newest = sets[-1]
    if not again and (newest.schemas, newest.domains) == (schemas_of_today(), domains_of_today()):
        print(f"Set {newest.number} is as today's schemas are; there is nothing to record.")
        return
    folder = SAMPLES / str(newest.number if again else newest.number + 1)
    if again:
        shutil.rmtree(folder)
    _record(folder)
    print(f"Recorded {folder}; commit it with the change.")


def _record(target: Path) -> None:
    with open_folder() as folder:
        postgres = ForgetfulPostgres(Path(folder) / "postgres")
        postgres.start()
        try:
            dsn = postgres.create(template=postgres.migrated())
            bootstrap.prepare(Settings(), dsn)
            with told(dsn) as events:
                write(target, events)
        finally:
            postgres.stop()


if __name__ == "__main__":
    main()
