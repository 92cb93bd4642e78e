from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from mdm.hub.ingest import conduct
from tests.support.hubs import HubUnderTest

RECORDS, WORKERS = 3, 16


def test_150_customers_delivered_three_times_at_once_from_16_threads_have_no_duplicate_master(
    hub: HubUnderTest,
) -> None:
    arrive_at_once(hub, entities=150)


@pytest.mark.chaos
def test_600_customers_delivered_three_times_at_once_from_16_threads_have_no_duplicate_master(
    hub: HubUnderTest,
) -> None:
    arrive_at_once(hub, entities=600)


def arrive_at_once(hub: HubUnderTest, *, entities: int) -> None:
    random = Random(7)
    facts = [
        {
            "domain": "customer",
            "source": source,
            "key": f"{source}-{entity}",
            "attributes": {
                "name": f"Kunde {entity:04d} {'abcdefghij'[entity % 10] * 5} GmbH",
                "country": "DE",
                "email": f"mail@kunde-{entity:04d}.de",
                "phone": f"+49 30 5{entity:06d}",
                "address": {
                    "street": f"Weg {entity}",
                    "postal_code": f"{10115 + entity}",
                    "city": "Berlin",
                    "country": "DE",
                },
            },
        }
        for entity in range(entities)
        for source in ("erp", "crm", "shop")[:RECORDS]
    ]
    random.shuffle(facts)

    def deliver_and_process(fact: dict[str, object]) -> None:
        (answer,) = hub.acknowledged(str(fact["source"]), [fact])
        assert answer.delivery_id is not None
        conduct.process_now(hub.hub.begin, [answer.delivery_id], registry=hub.hub.registry)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(deliver_and_process, facts))
    hub.process()

    masters = hub.rows("SELECT count(*) FROM master WHERE status <> 'merged'")
    assert masters == [(entities,)]
    assert hub.broken() == []
