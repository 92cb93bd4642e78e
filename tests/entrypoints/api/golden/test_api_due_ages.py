import re
from datetime import timedelta

from mdm.store.records import redo
from tests.entrypoints.api.calling import Api


def test_metrics_tell_how_long_the_first_has_waited_for_each_reason(api: Api) -> None:
    api.deliver(api.fact())
    with api.hub.begin() as work:
        ((record,),) = work.connection.execute("SELECT id FROM source_record").fetchall()
        for reason, hours in (("release", 2), ("reference", 1)):
            again = {"record_id": record, "reason": reason, "due_at": work.now - timedelta(hours=hours)}
            redo.add(work.session, [again], now=work.now)
        work.connection.execute("UPDATE master SET due_reason = 'decay', due_at = now() - interval '3 hours'")
    text = api.get("/metrics").text
    told = re.findall(r'^mdm_(due|redo)_age_seconds{reason="(\w+)"} (\S+)$', text, re.M)
    hours = {(kind, reason): float(seconds) // 3600 for kind, reason, seconds in told}
    assert hours == {("due", "decay"): 3, ("redo", "release"): 2, ("redo", "reference"): 2}
    assert 'mdm_clock_lag_seconds{duty="boundaries"} 0.0' in text
