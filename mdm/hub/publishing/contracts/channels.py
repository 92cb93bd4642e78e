"""The AsyncAPI 3 document: on which subjects which events come and deliveries go."""

from collections.abc import Iterable, Mapping
from typing import Any

from mdm.core.domains import Domain
from mdm.hub import announce, sealing
from mdm.hub.publishing.contracts.deliveries import ANSWER, DELIVERIES, HEADERS
from mdm.hub.publishing.contracts.schemas import domain_schema
from publishers import contracts
from publishers.contracts import ENVELOPE, GOLDEN_TYPES, SEAL, Form, Schema, in_form, reduced

REPLAYS = "mdm.replay.v1"

LARGE = "large"
JSON = "application/json"
DESCRIPTION = """\
One event per new version of a master, on a subject of its own. Each is enough by itself: it carries the whole state
after the change. CloudEvents 1.0 in binary mode: the envelope is in the headers, the body is JSON. Readers tolerate
fields and values they do not know.
"""
PARAMETERS = {
    "master": "The id of the master, a UUID.",
    "request": "The id of the replay, 32 hexadecimal digits.",
    "subscriber": "The name of the durable consumer it is for; `_`: nobody in particular.",
    "source": "The source that delivers.",
    "domain": "The domain it delivers about.",
}


def asyncapi(
    domains: Iterable[Domain], *, version: str, fact: Schema, streams: Mapping[str, str], form: Form
) -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document of some domains; `fact` is the schema of what sources deliver.

    `streams` names the streams in which golden events, seals, replays and deliveries are kept.
    """
    parts = _Parts(streams, form)
    parts.schema(ENVELOPE, contracts.schema_of(ENVELOPE))
    for name in (*GOLDEN_TYPES, SEAL):
        parts.schema(name, contracts.schema_of(name))
    for domain in domains:
        parts.domain(domain)
    parts.message(SEAL, [SEAL], summary="A seal of the action log.")
    parts.channel("seals", sealing.SUBJECT, [SEAL], stream="audit", action="send")
    parts.deliveries(fact)
    return {
        "asyncapi": "3.0.0",
        "id": announce.SOURCE,
        "info": {"title": "Golden-record hub", "version": version, "description": DESCRIPTION},
        "defaultContentType": JSON,
        "channels": parts.channels,
        "operations": parts.operations,
        "components": {"messages": parts.messages, "schemas": parts.schemas},
    }


class _Parts:
    """The parts of the document as they come together."""

    def __init__(self, streams: Mapping[str, str], form: Form) -> None:
        self._streams = streams
        self._form = form
        self.schemas: dict[str, Any] = {}
        self.messages: dict[str, Any] = {}
        self.channels: dict[str, Any] = {}
        self.operations: dict[str, Any] = {}

    def schema(self, name: str, closed: Schema) -> None:
        """Add a schema; its definitions become schemas beside it, because references count from the document."""
        shown = _moved(in_form(closed, self._form), name)
        self.schemas |= {f"{name}.{inner}": shape for inner, shape in shown.pop("$defs", {}).items()}
        self.schemas[name] = {key: value for key, value in shown.items() if key not in ("$schema", "$id")}

    def domain(self, domain: Domain) -> None:
        """Add a domain: its schema, its messages, and the channels of its golden records and their replays."""
        whole = domain_schema(domain)
        self.schema(domain.name, whole)
        large = reduced(self.schemas[domain.name])
        self.schemas[f"{domain.name}.{LARGE}"] = {**large, "title": f"{domain.title}, large"}
        for event_type in GOLDEN_TYPES:
            about = contracts.schema_of(event_type)["description"]
            self.message(f"{domain.name}.{event_type}", [event_type, domain.name], summary=about)
        self.message(
            f"{domain.name}.{LARGE}",
            [f"{domain.name}.{LARGE}"],
            summary="An event of any type over 256 KiB: `ce-dataref` says where the whole body is.",
        )
        names = [f"{domain.name}.{kind}" for kind in (*GOLDEN_TYPES, LARGE)]
        golden = f"{announce.SUBJECT}.{domain.name}.{{master}}"
        replay = f"{REPLAYS}.{{request}}.{{subscriber}}.{domain.name}.{{master}}"
        self.channel(f"{domain.name}.golden", golden, names, stream="golden", action="send")
        self.channel(f"{domain.name}.replay", replay, names, stream="replay", action="send")

    def deliveries(self, fact: Schema) -> None:
        """Add what sources send, and what they are answered where they ask to be."""
        self.schemas |= {"fact": fact, "delivery": HEADERS, "answer": ANSWER}
        self.messages |= {
            "delivery": {
                "summary": "What a source says about one of its records, or what a mapping reads so (`Mdm-Feed`).",
                "contentType": JSON,
                "headers": _schema_at("delivery"),
                "payload": _schema_at("fact"),
            },
            "answer": {"summary": ANSWER["description"], "contentType": JSON, "payload": _schema_at("answer")},
        }
        address = f"{DELIVERIES}.{{source}}.{{domain}}"
        self.channel("deliveries", address, ["delivery"], stream="deliveries", action="receive")
        self.channels["answers"] = {"address": None, "messages": {"answer": {"$ref": "#/components/messages/answer"}}}
        self.operations["receive.deliveries"]["reply"] = {
            "address": {"location": "$message.header#/Mdm-Ack-To"},
            "channel": {"$ref": "#/channels/answers"},
        }

    def message(self, name: str, payload: list[str], *, summary: str) -> None:
        """Add an event; its body fulfils all the schemas named."""
        bodies = [_schema_at(part) for part in payload]
        self.messages[name] = {
            "name": name,
            "summary": summary,
            "contentType": JSON,
            "headers": _schema_at(ENVELOPE),
            "payload": bodies[0] if len(bodies) == 1 else {"allOf": bodies},
        }

    def channel(self, name: str, address: str, messages: list[str], *, stream: str, action: str) -> None:
        """Add a channel and what the hub does on it."""
        found: dict[str, Any] = {
            "address": address,
            "messages": {message: {"$ref": f"#/components/messages/{message}"} for message in messages},
            "x-stream": self._streams[stream],
        }
        named = {part: about for part, about in PARAMETERS.items() if f"{{{part}}}" in address}
        if named:
            found["parameters"] = {part: {"description": about} for part, about in named.items()}
        self.channels[name] = found
        self.operations[f"{action}.{name}"] = {"action": action, "channel": {"$ref": f"#/channels/{name}"}}


def _schema_at(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _moved(node: Any, name: str) -> Any:
    """Return a schema whose references lead to where its definitions stand in the document."""
    if isinstance(node, dict):
        return {
            key: inner.replace("#/$defs/", f"#/components/schemas/{name}.") if key == "$ref" else _moved(inner, name)
            for key, inner in node.items()
        }
    return [_moved(inner, name) for inner in node] if isinstance(node, list) else node
