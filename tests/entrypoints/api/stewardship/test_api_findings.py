from tests.entrypoints.api.calling import LIMITED, Api

ACCEPTED = {"reason_code": "accepted", "note": "a sole trader"}


def test_findings_are_listed_counted_and_accepted(api: Api) -> None:
    api.deliver(api.fact(domain="supplier", source="erp", key="S-1", attributes={"name": None, "email": "nobody"}))
    wanted = {"domain": "supplier", "source": "erp", "rule": "required_name"}
    (finding,) = api.get("/v1/findings", params=wanted, role="reader").json()["items"]
    assert (finding["key"], finding["dimension"], finding["severity"]) == ("S-1", "completeness", "warning")
    assert (finding["owner"], finding["effect"], finding["may_decide"]) == ("procurement_data_owner", "note", False)
    by_master = {"master": finding["master_id"], "limit": 1}
    page = api.get("/v1/findings", params=by_master).json()
    assert len(page["items"]) == 1
    assert {f["rule"] for f in (*page["items"], *api.get(page["next"]).json()["items"])} == {
        "required_name",
        "invalid_format",
    }
    assert api.get("/v1/findings", role=LIMITED).json()["items"] == []
    assert 'mdm_findings{domain="supplier",severity="warning"} 1.0' in api.get("/metrics").text
    (count,) = (c for c in api.get("/v1/quality", params={"domain": "supplier"}).json() if c["rule"] == "required_name")
    assert (count["source"], count["judged"], count["failed"], count["share"]) == ("erp", 1, 1, 1.0)
    path = f"/v1/findings/{finding['id']}"
    assert api.post(f"{path}/accept", json=ACCEPTED, role="reader").status_code == 403
    assert api.post(f"{path}/accept", json={"reason_code": "because"}, role="steward").status_code == 422
    assert api.post(f"{path}/accept", json=ACCEPTED, role="steward").json()["may_decide"]
    assert [api.post(f"{path}/reopen", role="steward").status_code for _ in range(2)] == [200, 409]
    assert api.get(path).json()["title"] == "Required name"
    assert api.get("/v1/findings/0").status_code == 404
