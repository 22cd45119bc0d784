"""Looking into the rescue kit."""

from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission, may
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.errors import NotAllowed, Refused
from tautband.records.models import RescueKitCheck
from tautband.records.queries import centre

# More than a rescue kit can hold is a slip of the keyboard; the dose itself is in the knowledge.
MOST_LIPID_ML = 10_000


@transaction.atomic
def check(
    *,
    place: str,
    lipid_ml: int,
    lipid_expires_on: date,
    actor: User,
    token: UUID | None = None,
    now: datetime | None = None,
) -> RescueKitCheck:
    """Somebody looked: the kit is there, complete, and its lipid emulsion in date."""
    if not may(actor, Permission.CHECK_RESCUE_KIT):
        raise NotAllowed(_("Your role does not do this. Ask a colleague who may."))
    token = token or uuid4()
    again = RescueKitCheck.objects.filter(pk=token).first()
    if again is not None:
        return again
    now = now or timezone.now()
    problems: dict[str, str] = {}
    if not place.strip():
        problems["place"] = _("Say where the kit is.")
    if not 0 < lipid_ml <= MOST_LIPID_ML:
        problems["lipid_ml"] = _("Give the millilitres of lipid emulsion in the kit.")
    if lipid_expires_on < centre.today(now):
        problems["lipid_expires_on"] = _("This lipid emulsion is out of date. Replace it first.")
    if problems:
        raise Refused(_("The check was not kept."), fields=problems)
    done = RescueKitCheck.objects.create(
        pk=token,
        checked_at=now,
        checked_by=actor,
        place=place.strip()[:80],
        lipid_ml=lipid_ml,
        lipid_expires_on=lipid_expires_on,
    )
    trail.record(
        "rescue-kit.check", actor_id=actor.pk, target_id=done.pk, detail={"lipid_ml": lipid_ml}
    )
    return done
