"""The messages of a record: first entry, corrections, planned changes, repetitions and deletion."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from mdm.demo.dirt import phone_as_written
from mdm.demo.message import Message, View
from mdm.demo.naming import phone
from mdm.demo.partners.entity import Entity
from mdm.demo.partners.view import TERMS, Views

BEGIN = datetime(2021, 1, 4, tzinfo=UTC)
DAYS_OF_ENTRY = 1500
DATED = ("erp", "portal", "procurement")  # the systems whose exports have a column for the effective date


class Histories:
    """A writer of messages."""

    def __init__(self, rng: Random, views: Views) -> None:
        """Draw from `rng`."""
        self.rng = rng
        self.views = views

    def messages(self, entity: Entity, system: str, key: str, view: View) -> list[Message]:
        """Return all messages of a record, in the order of their versions but for repetitions."""
        rng = self.rng
        time = BEGIN + timedelta(
            days=rng.randrange(DAYS_OF_ENTRY), hours=rng.randint(6, 18), seconds=rng.randrange(3600)
        )
        last = Message(key, view, 1, time)
        dice = rng.random()
        if dice < 0.08:
            told = self._corrected(entity, system, last)
        elif dice < 0.11 and system in DATED:
            told = [last, self._planned(entity, last)]
        elif dice < 0.15 and system == "crm":
            told = [last, self._changed(entity, last)]
        elif dice < 0.165:
            told = self._deleted(last)
        else:
            told = [last]
        if rng.random() < 0.03:
            again = rng.choice(told)
            told.append(replace(again, batch=rng.choice((again.batch, 1))))
        return told

    def _phone(self, entity: Entity) -> str:
        """Return a number that is no longer in use."""
        area = entity.place.city.area
        return phone_as_written(self.rng, phone(self.rng, entity.country, area), area, entity.country)

    def _later(self, time: datetime) -> datetime:
        return time + timedelta(days=self.rng.randint(1, 150), seconds=self.rng.randrange(3000))

    def _corrected(self, entity: Entity, system: str, last: Message) -> list[Message]:
        """Let the record have been entered with other values; a third of such stories arrive backwards."""
        rng, told = self.rng, list[Message]()
        for version in range(1, rng.choice((2, 2, 2, 3))):
            early = dict(last.view)
            early["phone"] = phone_as_written(
                rng, phone(rng, entity.country, entity.place.city.area), "", entity.country
            )
            early["payment_terms"] = rng.choice(TERMS)
            if rng.random() < 0.3:
                old = self.views.view(entity, system, outdated=True)
                early["name"] = old["name"]
            told.append(replace(last, view=early, version=version, time=last.time + timedelta(minutes=version)))
        newest = replace(last, version=len(told) + 1, time=self._later(last.time))
        told.append(newest)
        backwards, split = rng.random() < 0.35, rng.random() < 0.7
        if split:
            told = [replace(message, batch=int((message is newest) != backwards)) for message in told]
        return told

    def _planned(self, entity: Entity, last: Message) -> Message:
        """Announce a change that takes effect years from now."""
        rng, view = self.rng, dict(last.view)
        view["payment_terms"] = rng.choice([terms for terms in TERMS if terms != view["payment_terms"]])
        if rng.random() < 0.5 and "street" in view:
            place = self.views.new_place(entity, last.view)
            view.update(place)
        day = f"{rng.randint(2031, 2034)}-{rng.choice((1, 4, 7, 10)):02d}-01"
        batch = rng.choice((0, 1))
        return replace(last, view=view, version=2, time=self._later(last.time), effective_from=day, batch=batch)

    def _changed(self, entity: Entity, last: Message) -> Message:
        """Send only what changed; what was emptied is null."""
        rng = self.rng
        view: View = {}
        if rng.random() < 0.6:
            number = entity.people[0].phone or entity.phone
            view["phone"] = phone_as_written(rng, number, entity.place.city.area, entity.country)
        if "fax" in last.view:
            view["fax"] = None
        if not view or rng.random() < 0.4:
            view["industry"] = rng.choice(("2511", "2562", "4669"))
        return replace(last, view=view, version=2, time=self._later(last.time), operation="partial")

    def _deleted(self, last: Message) -> list[Message]:
        """Delete the record; now and then the deletion arrives first."""
        gone = replace(last, version=2, time=self._later(last.time), operation="delete")
        if self.rng.random() < 0.3:
            return [replace(last, batch=1), gone]
        return [last, replace(gone, batch=self.rng.choice((0, 1, 1)))]
