from concurrent.futures import ThreadPoolExecutor
from random import Random

from mdm.hub.ingest import conduct
from tests.support.hubs import HubUnderTest

ENTITIES, RECORDS, WORKERS = 600, 3, 16


def test_600_customers_delivered_three_times_at_once_from_16_threads_have_no_duplicate_master(
    hub: HubUnderTest,
) -> None:
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
        for entity in range(ENTITIES)
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
    assert masters == [(ENTITIES,)]
    assert hub.broken() == []
