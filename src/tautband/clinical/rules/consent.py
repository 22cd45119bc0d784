"""What the time-out must find: the right person, an agreed plan, and help at hand."""

from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding, Gate, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import HOUSE_PACK, Rule
from tautband.clinical.words import say

CONSENT = Rule("consent-missing", gate=Gate.TIME_OUT, overridable=False)
RESUSCITATION = Rule("resuscitation-missing", gate=Gate.TIME_OUT)
IDENTITY = Rule("identity-unconfirmed", gate=Gate.TIME_OUT, overridable=False, pack=HOUSE_PACK)
INDICATION = Rule("indication-missing")


def check_consent(facts: SessionFacts, tables: Knowledge) -> Finding:
    """The patient agreed to this plan; a changed plan is not agreed."""
    return CONSENT.confirmed(
        tables,
        facts.planned.consent,
        missing="planned.consent",
        no=say("No consent to this plan. Ask for it; a changed plan needs a new one."),
        unknown=say("Cannot tell about consent: it is not recorded yet. Ask for it."),
        yes=say("The patient consents to this plan."),
        severity=Severity.CRITICAL,
        blocking=True,
    )


def check_resuscitation(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Oxygen, drugs, trained staff and in-date lipid are present before the needle."""
    return RESUSCITATION.confirmed(
        tables,
        facts.planned.resuscitation,
        missing="planned.resuscitation",
        no=say("Resuscitation equipment or in-date lipid is missing. Fetch it first."),
        unknown=say(
            "Cannot tell about resuscitation equipment and lipid: nobody checked yet. Look."
        ),
        yes=say("Resuscitation equipment and lipid are at hand."),
        severity=Severity.CRITICAL,
        blocking=True,
    )


def check_identity(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Two identifiers were asked for and match."""
    return IDENTITY.confirmed(
        tables,
        facts.planned.identity_confirmed,
        missing="planned.identity_confirmed",
        no=say("Identity not confirmed. Ask for two identifiers and compare."),
        unknown=say("Cannot tell who this is: ask for two identifiers and compare."),
        yes=say("Identity confirmed by two identifiers."),
        severity=Severity.CRITICAL,
        blocking=True,
    )


def check_indication(facts: SessionFacts, tables: Knowledge) -> Finding:
    """A trigger point was found where one is injected."""
    plan = facts.planned
    if not plan.injections:
        return INDICATION.clear(tables, say("No needle is planned."))
    if plan.trigger_points is None:
        return INDICATION.cannot_tell(
            tables,
            say("Cannot tell why: nobody recorded yet what was found. Record the trigger points."),
            missing=("planned.trigger_points",),
        )
    if plan.trigger_points < 1:
        return INDICATION.fires(
            tables,
            Severity.WARNING,
            say("No trigger point is recorded. Record what was found, or do not inject."),
            rows=tuple(range(len(plan.injections))),
            missing=("planned.trigger_points",),
        )
    return INDICATION.clear(tables, say("A trigger point is recorded."))
