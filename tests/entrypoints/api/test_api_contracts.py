from tests.entrypoints.api.calling import LIMITED, Api


def test_every_schema_in_the_list_is_found(idle_api: Api) -> None:
    listed = idle_api.get("/v1/schemas").json()
    assert {"envelope", "golden", "identity.merged", "audit.sealed", "supplier", "item_plant"} <= {
        entry["name"] for entry in listed
    }
    for entry in listed:
        answer = idle_api.get(entry["href"])
        assert answer.headers["content-type"] == "application/schema+json"
        assert answer.json()["title"] == entry["title"]


def test_schemas_are_open_unless_the_closed_form_is_asked_for(idle_api: Api) -> None:
    assert "additionalProperties" not in idle_api.get("/v1/schemas/supplier").json()
    assert idle_api.get("/v1/schemas/supplier?form=writer").json()["additionalProperties"] is False
    assert idle_api.get("/v1/schemas/supplier?form=mine").status_code == 422


def test_schema_that_is_none_is_not_found(idle_api: Api) -> None:
    answer = idle_api.get("/v1/schemas/suplier")
    assert answer.status_code == 404
    assert "supplier" in answer.json()["hint"]


def test_key_of_one_domain_reads_of_no_other(idle_api: Api) -> None:
    assert idle_api.get("/v1/schemas/customer", role=LIMITED).status_code == 200
    assert idle_api.get("/v1/schemas/supplier", role=LIMITED).status_code == 404
    channels = idle_api.get("/v1/asyncapi.json", role=LIMITED).json()["channels"]
    assert set(channels) == {"customer.golden", "customer.replay", "seals", "deliveries", "answers"}


def test_document_names_the_subjects_and_streams(idle_api: Api) -> None:
    document = idle_api.get("/v1/asyncapi.json").json()
    assert document["asyncapi"] == "3.0.0"
    golden = document["channels"]["supplier.golden"]
    assert (golden["address"], golden["x-stream"]) == ("mdm.golden.v1.supplier.{master}", "MDM_GOLDEN")
    assert document["channels"]["deliveries"]["address"] == "mdm.deliveries.v1.{source}.{domain}"


def test_document_needs_a_key(idle_api: Api) -> None:
    assert idle_api.get("/v1/asyncapi.json", role=None).status_code == 401
