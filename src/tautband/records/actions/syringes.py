"""What is drawn up: by whom, from which lots, and checked by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.clinical.anatomy import muscle as find_muscle
from tautband.clinical.knowledge import Agent, knowledge
from tautband.clinical.terms import AgentKind
from tautband.errors import NotAllowed, Refused
from tautband.records.actions import findings, texts
from tautband.records.actions.demographics import tidy
from tautband.records.actions.standing import (
    hold_open,
    impossible_time,
    insist_fresh,
    insist_unused,
    let_go,
    void_plan,
)
from tautband.records.models import Ingredient, Procedure, Syringe
from tautband.records.policies import may_change_plan

LABELS = "ABCDEFGHJKLMNPRSTUVWXYZ"
LARGEST_SYRINGE_UL = 60_000
# Nothing on the market comes near this many times its strongest form: a slip of the decimal point.
ABSURD_TIMES = 10
# Nothing that is injected weighs much more than water: a gram to the millilitre.
DENSEST_UG_PER_ML = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One product as drawn up; the amounts as in `Ingredient`."""

    agent: str
    volume_ul: int
    product: str = ""
    concentration_ug_per_ml: int | None = None
    epinephrine_ng_per_ml: int | None = None
    units_centi: int | None = None
    lot: str = ""
    expires_on: date | None = None


# Where the table does not know the product: it is named, and the rules say they cannot tell.
UNLISTED = "other"


def _problem(drawn: Drawn, agent: Agent | None) -> dict[str, str]:
    if agent is None:
        return {"product": _("Choose a product from the list.")}
    found: dict[str, str] = {}
    texts.read(Ingredient, found, product=drawn.product, lot=drawn.lot)
    if "product" in found:
        found["brand"] = found.pop("product")
    if agent.id == UNLISTED and not drawn.product.strip():
        found["brand"] = _("Name the product: it is not in the list.")
    if not 0 < drawn.volume_ul <= LARGEST_SYRINGE_UL:
        found["volume"] = _("Give a volume above 0 and up to 60 mL.")
    if agent.kind is AgentKind.BOTULINUM_TOXIN:
        if drawn.units_centi is None or not 0 < drawn.units_centi <= 200_000:
            found["units"] = _("Give the units in the syringe, above 0 and up to 2000.")
    elif drawn.units_centi is not None:
        found["units"] = _("Units are only for botulinum toxin.")
    if agent.kind in {AgentKind.LOCAL_ANAESTHETIC, AgentKind.CORTICOSTEROID}:
        if not drawn.concentration_ug_per_ml:
            found["strength"] = _("Give the strength on the label, in mg/mL.")
        elif agent.strengths and drawn.concentration_ug_per_ml > ABSURD_TIMES * max(
            agent.strengths
        ):
            found["strength"] = _("No such strength exists. Read the label again.")
    if (drawn.concentration_ug_per_ml or 0) > DENSEST_UG_PER_ML:
        found["strength"] = _("No such strength exists. Read the label again.")
    # 0 says "without epinephrine"; None says that nobody read the label.
    holds = drawn.epinephrine_ng_per_ml or 0
    if not 0 <= holds <= 20_000 or (holds and agent.kind is not AgentKind.LOCAL_ANAESTHETIC):
        found["epinephrine"] = _("Give epinephrine as on the label, up to 20 µg/mL (1:50,000).")
    return found


def _check(ingredients: Sequence[Drawn]) -> None:
    if not ingredients:
        raise Refused(_("Put at least one product in the syringe."))
    problems: dict[str, str] = {}
    for index, drawn in enumerate(ingredients):
        for name, words in _problem(drawn, knowledge().agents.get(drawn.agent)).items():
            problems[f"{index}.{name}"] = words
    if sum(drawn.volume_ul for drawn in ingredients) > LARGEST_SYRINGE_UL:
        problems.setdefault("0.volume", _("The syringe holds 60 mL at most."))
    if problems:
        raise Refused(_("Something about this syringe cannot be right."), fields=problems)


def _fill(syringe: Syringe, ingredients: Sequence[Drawn]) -> None:
    Ingredient.objects.bulk_create(
        Ingredient(
            syringe=syringe,
            position=position,
            agent=drawn.agent,
            product=tidy(drawn.product),
            concentration_ug_per_ml=drawn.concentration_ug_per_ml,
            epinephrine_ng_per_ml=drawn.epinephrine_ng_per_ml,
            volume_ul=drawn.volume_ul,
            units_centi=drawn.units_centi,
            lot=tidy(drawn.lot),
            expires_on=drawn.expires_on,
        )
        for position, drawn in enumerate(ingredients)
    )


def _check_made_up(
    procedure: Procedure, reconstituted_at: datetime | None, ingredients: Sequence[Drawn]
) -> None:
    if reconstituted_at is None:
        return
    words = impossible_time(procedure, reconstituted_at, now=timezone.now())
    if not words and all(drawn.units_centi is None for drawn in ingredients):
        words = _("Only botulinum toxin is made up from a powder.")
    if words:
        raise Refused(words, fields={"reconstituted_at": words})


def _storage_hours(ingredients: Sequence[Drawn]) -> int | None:
    toxins = [knowledge().toxins.get(drawn.agent) for drawn in ingredients]
    hours = [int(each.storage_hours.value) for each in toxins if each and each.storage_hours]
    return min(hours) if hours else None


def _hold_for_preparing(procedure_id: UUID, actor: User) -> Procedure:
    return hold_open(procedure_id, actor=actor, permission=Permission.PREPARE_SYRINGE)


@transaction.atomic
def draw_up(
    *,
    procedure_id: UUID,
    ingredients: Sequence[Drawn],
    actor: User,
    revision: int | None = None,
    reconstituted_at: datetime | None = None,
    token: UUID | None = None,
) -> Syringe:
    """Put a syringe on the tray. A new syringe changes the plan."""
    procedure = _hold_for_preparing(procedure_id, actor)
    if token is not None and (again := procedure.syringes.filter(pk=token).first()):
        return again
    insist_unused(Syringe, token)
    insist_fresh(procedure, revision)
    _check(ingredients)
    _check_made_up(procedure, reconstituted_at, ingredients)
    taken = set(procedure.syringes.values_list("label", flat=True))
    label = next((each for each in LABELS if each not in taken), None)
    if label is None:
        raise Refused(_("There are too many syringes on this tray."))
    now = timezone.now()
    syringe = Syringe(
        procedure=procedure,
        label=label,
        drawn_up_by=actor,
        # Written up later, it was drawn up before the sitting and not when it was typed.
        drawn_up_at=procedure.started_at if procedure.is_history else now,
        reconstituted_at=reconstituted_at,
        use_within_hours=_storage_hours(ingredients),
    )
    if token is not None:
        syringe.pk = token
    syringe.save(force_insert=True)
    _fill(syringe, ingredients)
    columns = void_plan(procedure, reason="plan changed") if procedure.started_at is None else ()
    let_go(
        procedure, actor=actor, event="syringe.draw-up", target_id=syringe.pk, columns=columns,
        detail={"label": label, "agents": [drawn.agent for drawn in ingredients]},
    )  # fmt: skip
    return syringe


@transaction.atomic
def change(
    *,
    procedure_id: UUID,
    syringe_id: UUID,
    ingredients: Sequence[Drawn],
    actor: User,
    revision: int | None = None,
    reconstituted_at: datetime | None = None,
) -> Syringe:
    """Correct what a syringe holds, or its label, lot and expiry.

    Before the needle a changed content changes the plan. After it, what went in was what the
    label really said: the correction is kept, the rules run again, and an incident opens where
    they say so.
    """
    procedure = _hold_for_preparing(procedure_id, actor)
    insist_fresh(procedure, revision)
    syringe = procedure.syringes.filter(pk=syringe_id).first()
    if syringe is None:
        raise Refused(_("This syringe is not on this tray."))
    _check(ingredients)
    _check_made_up(procedure, reconstituted_at, ingredients)
    before = [
        (i.agent, i.concentration_ug_per_ml, i.epinephrine_ng_per_ml, i.volume_ul, i.units_centi)
        for i in syringe.ingredients.order_by("position")
    ]
    after = [
        (d.agent, d.concentration_ug_per_ml, d.epinephrine_ng_per_ml, d.volume_ul, d.units_centi)
        for d in ingredients
    ]
    syringe.ingredients.all().delete()
    _fill(syringe, ingredients)
    syringe.reconstituted_at = reconstituted_at
    syringe.use_within_hours = _storage_hours(ingredients)
    syringe.corrected_by = actor
    if procedure.started_at is None:
        # Somebody must look again at what has changed, and not whoever changed it.
        syringe.checked_by = None
        syringe.checked_at = None
    syringe.save()
    columns: tuple[str, ...] = ()
    if before != after and procedure.started_at is None:
        columns = void_plan(procedure, reason="plan changed")
    if procedure.started_at is not None:
        findings.record_what_happened(procedure, actor=actor, now=timezone.now())
    let_go(
        procedure, actor=actor, event="syringe.change", target_id=syringe.pk, columns=columns,
        detail={"label": syringe.label, "before": [list(each) for each in before]},
    )  # fmt: skip
    return syringe


@transaction.atomic
def use_for_rest(
    *, procedure_id: UUID, syringe_id: UUID, actor: User, revision: int | None = None
) -> int:
    """Let every row that has no syringe yet take its usual amount from this one."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN, revision=revision)
    may_change_plan(actor, procedure).insist()
    syringe = procedure.syringes.prefetch_related("ingredients").filter(pk=syringe_id).first()
    if syringe is None:
        raise Refused(_("This syringe is not on this tray."))
    if any(each.units_centi is not None for each in syringe.ingredients.all()):
        raise Refused(_("Give the units of a botulinum toxin row by row."))
    changed = 0
    for row in procedure.injections.filter(syringe=None):
        # The smallest usual volume; a muscle without one in the table is left to the clinician.
        row.volume_ul = find_muscle(row.muscle).volume_lowest_ul
        if row.volume_ul is None:
            continue
        row.syringe = syringe
        row.save(update_fields=["syringe", "volume_ul"])
        changed += 1
    let_go(
        procedure, actor=actor, event="syringe.use-for-rest", target_id=syringe.pk,
        columns=void_plan(procedure, reason="plan changed"), detail={"rows": changed},
    )  # fmt: skip
    return changed


@transaction.atomic
def check(*, procedure_id: UUID, syringe_id: UUID, actor: User) -> Syringe:
    """A second person reads label, lot and expiry against the plan."""
    procedure = _hold_for_preparing(procedure_id, actor)
    syringe = procedure.syringes.select_for_update().filter(pk=syringe_id).first()
    if syringe is None:
        raise Refused(_("This syringe is not on this tray."))
    if actor.pk in {syringe.drawn_up_by_id, syringe.corrected_by_id}:
        raise NotAllowed(_("You drew this syringe up or changed it. Somebody else checks it."))
    if syringe.checked_by_id == actor.pk:
        return syringe
    syringe.checked_by = actor
    syringe.checked_at = procedure.started_at if procedure.is_history else timezone.now()
    syringe.save(update_fields=["checked_by", "checked_at"])
    let_go(
        procedure, actor=actor, event="syringe.check", target_id=syringe.pk,
        detail={"label": syringe.label},
    )  # fmt: skip
    return syringe


@transaction.atomic
def discard(
    *, procedure_id: UUID, syringe_id: UUID, actor: User, revision: int | None = None
) -> None:
    """Take a syringe off the tray while no row uses it."""
    procedure = hold_open(
        procedure_id, actor=actor, permission=Permission.PREPARE_SYRINGE, revision=revision
    )
    if procedure.started_at is not None and not procedure.is_history:
        may_change_plan(actor, procedure).insist()
    syringe = procedure.syringes.filter(pk=syringe_id).first()
    if syringe is None:
        raise Refused(_("This syringe is not on this tray."))
    if syringe.injections.exists():
        raise Refused(_("A row still uses this syringe. Change or remove the row first."))
    label = syringe.label
    syringe.delete()
    let_go(
        procedure, actor=actor, event="syringe.discard", target_id=syringe_id,
        columns=void_plan(procedure, reason="plan changed"), detail={"label": label},
    )  # fmt: skip
