"""What the demo clinic injects: a handful of plans, in the product's own words and amounts.

No limit is set here. Needles come from the table of muscles, and every plan goes through the
product's rules like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tautband.clinical.anatomy import muscle
from tautband.records.actions.rows import Row
from tautband.records.actions.syringes import Drawn
from tautband.records.models import Syringe

OTHER = {"left": "right", "right": "left", "midline": "midline"}
# Which side a site is on, seen from the side that hurts.
SAME, ACROSS, BOTH, MIDDLE = "same", "across", "both", "midline"
SHORT_NEEDLE_UM, LONG_NEEDLE_UM = 13_000, 25_000


@dataclass(frozen=True, slots=True)
class Site:
    """One muscle of a plan: volume in µL, hundredths of a unit for a toxin."""

    muscle: str
    side: str = SAME
    volume_ul: int | None = None
    sites: int = 1
    units_centi: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one kind of complaint gets."""

    reason: str
    region: str
    mix: str
    sites: tuple[Site, ...]
    position: str = "prone"
    onset: str = "Desk work"
    pattern: str = "Worse in the evening, better with warmth"
    steroid_reason: str = ""


_HEAD_TOXIN = (
    Site("corrugator_supercilii", BOTH, 100, 1, 500),
    Site("procerus", MIDDLE, 100, 1, 500),
    Site("frontalis", BOTH, 200, 2, 1000),
    Site("temporalis", BOTH, 400, 4, 2000),
    Site("occipitalis", BOTH, 300, 3, 1500),
    Site("cervical_paraspinals", BOTH, 200, 2, 1000),
    Site("trapezius_upper", BOTH, 300, 3, 1500),
)

PLANS: Mapping[str, Plan] = {
    "neck": Plan(
        reason="Neck pain", region="Neck", mix="lidocaine",
        sites=(Site("splenius_capitis", SAME, 500), Site("trapezius_upper", SAME, 1000)),
    ),
    "neck-shoulder": Plan(
        reason="Neck and shoulder pain", region="Neck, shoulder", mix="lidocaine",
        sites=(
            Site("trapezius_upper", SAME, 1000),
            Site("levator_scapulae", SAME, 1000),
            Site("infraspinatus", SAME, 500),
        ),
        pattern="Aching along the shoulder blade, worse when turning the head",
    ),
    "shoulder": Plan(
        reason="Shoulder pain", region="Shoulder", mix="lidocaine",
        sites=(Site("infraspinatus", SAME, 1000), Site("deltoid_middle", SAME, 500)),
        onset="Lifting overhead",
    ),
    "steroid-shoulder": Plan(
        reason="Shoulder pain, back after lidocaine alone", region="Shoulder", mix="steroid",
        sites=(Site("infraspinatus", SAME, 1000), Site("supraspinatus", SAME, 1000)),
        steroid_reason="Pain returned within a week of two sessions without a steroid",
        onset="Fall on the shoulder",
    ),
    "saline-neck": Plan(
        reason="Neck pain", region="Neck", mix="saline",
        sites=(Site("splenius_capitis", SAME, 500), Site("semispinalis_capitis", SAME, 500)),
    ),
    "head": Plan(
        reason="Headache from the neck", region="Head, neck", mix="lidocaine",
        sites=(Site("splenius_capitis", BOTH, 500), Site("temporalis", SAME, 200)),
        pattern="Tight band from the neck to the temple, most days",
    ),
    "jaw": Plan(
        reason="Jaw pain on chewing", region="Jaw", mix="bupivacaine",
        sites=(Site("masseter", SAME, 300), Site("temporalis", SAME, 200)),
        position="supine", onset="Grinding at night",
    ),
    "low-back": Plan(
        reason="Low back pain", region="Low back", mix="lidocaine",
        sites=(Site("multifidus_lumborum", BOTH, 1000), Site("gluteus_medius", SAME, 1000)),
        onset="Lifting", pattern="Worse after sitting, stiff in the morning",
    ),
    "low-back-wide": Plan(
        reason="Low back and buttock pain", region="Low back", mix="lidocaine",
        sites=(
            Site("multifidus_lumborum", BOTH, 1500),
            Site("gluteus_medius", SAME, 1500),
            Site("gluteus_minimus", SAME, 1000),
            Site("quadratus_lumborum_superficial", SAME, 1000),
        ),
        onset="Lifting", pattern="Down the outside of the thigh when walking",
    ),
    "buttock": Plan(
        reason="Buttock pain on sitting", region="Buttock", mix="lidocaine",
        sites=(Site("gluteus_medius", SAME, 1000), Site("piriformis", SAME, 1000)),
        onset="Long drives",
    ),
    "elbow": Plan(
        reason="Pain over the outer elbow", region="Elbow", mix="lidocaine",
        sites=(
            Site("extensor_carpi_radialis_brevis", SAME, 300), Site("brachioradialis", SAME, 300),
        ),
        position="supine", onset="Rowing",
    ),
    "calf": Plan(
        reason="Calf pain on running", region="Calf", mix="dry",
        sites=(
            Site("gastrocnemius_medial"), Site("gastrocnemius_lateral"), Site("soleus"),
        ),
        onset="Running", pattern="Cramps at night",
    ),
    "migraine": Plan(
        reason="Chronic migraine", region="Migraine", mix="botulinum", sites=_HEAD_TOXIN,
        position="seated", onset="Since the age of twenty",
        pattern="More than fifteen headache days a month",
    ),
    "neck-toxin": Plan(
        reason="Cervical dystonia", region="Neck", mix="botulinum",
        sites=(
            Site("splenius_capitis", SAME, 1000, 3, 5000),
            Site("semispinalis_capitis", SAME, 500, 2, 2500),
            Site("trapezius_upper", ACROSS, 500, 2, 2500),
        ),
        position="seated", onset="Four years ago",
        pattern="Head pulls to one side, worse when tired",
    ),
}  # fmt: skip


def rows_of(plan: Plan, *, side: str, syringe: Syringe | None, jitter: int) -> list[Row]:
    """The rows of a plan on one side; `jitter` in tenths of a mm makes depths differ."""
    rows: list[Row] = []
    for site in plan.sites:
        for one in _sides(site, side):
            rows.append(_row(plan, site, one, syringe=syringe, jitter=jitter + len(rows)))
    return rows


def _sides(site: Site, side: str) -> tuple[str, ...]:
    if site.side == BOTH:
        return (side, OTHER[side])
    return (side if site.side == SAME else OTHER[side] if site.side == ACROSS else MIDDLE,)


def _row(plan: Plan, site: Site, side: str, *, syringe: Syringe | None, jitter: int) -> Row:
    place = muscle(site.muscle)
    # A muscle's usual gauge is text of the table, such as "25-27 G".
    digits = "".join(c for c in place.needle_gauge.split("-")[0] if c.isdigit())
    gauge = int(digits or 27)
    needle = place.needle_lowest_um or LONG_NEEDLE_UM
    if plan.mix == "botulinum":
        gauge, needle = 30, SHORT_NEEDLE_UM
    measured = place.over_lung and needle > SHORT_NEEDLE_UM
    if measured:
        needle = min(needle, LONG_NEEDLE_UM)
    return Row(
        muscle=site.muscle,
        side=side,
        sites=site.sites,
        syringe_id=syringe.pk if syringe else None,
        volume_ul=site.volume_ul if syringe else None,
        units_centi=site.units_centi if syringe else None,
        needle_gauge=gauge,
        needle_um=needle,
        depth_um=needle * 6 // 10 // 1000 * 1000,
        # Every needle over the lung is guided: the pleura is measured on the day.
        pleura_depth_um=38_000 + jitter * 100 if measured else None,
        guidance="ultrasound" if measured else "landmark",
        position=plan.position,
    )


def _lot(letters: str, day: date) -> tuple[str, date]:
    """The lot in use in that month, and the last day of a month well ahead of it."""
    month = day.year * 12 + day.month - 1
    year, later = divmod(month + 8 + month % 5, 12)
    last = (date(year + (later + 1) // 12, (later + 1) % 12 + 1, 1)) - timedelta(days=1)
    return f"{letters}{4000 + month * 37 % 5000}", last


def drawn(plan: Plan, *, day: date) -> tuple[Drawn, ...]:
    """What is drawn up for a plan: a little more than the rows need; nothing for a dry needle."""
    need = sum((site.volume_ul or 0) * (2 if site.side == BOTH else 1) for site in plan.sites)
    units = sum((site.units_centi or 0) * (2 if site.side == BOTH else 1) for site in plan.sites)
    lots = {each: _lot(each, day) for each in ("LX", "N", "BV", "C", "T")}

    def one(agent: str, lot: str, volume_ul: int, strength: int | None, product: str) -> Drawn:
        plain = strength is not None and agent in {"lidocaine", "bupivacaine"}
        return Drawn(
            agent=agent, volume_ul=volume_ul, product=product, concentration_ug_per_ml=strength,
            epinephrine_ng_per_ml=0 if plain else None, lot=lots[lot][0],
            expires_on=lots[lot][1],
        )  # fmt: skip

    if plan.mix == "lidocaine":
        return (one("lidocaine", "LX", need + 500, 10_000, "Lidocaine 1 %"),)
    if plan.mix == "bupivacaine":
        return (one("bupivacaine", "BV", need + 500, 2_500, "Bupivacaine 0.25 %"),)
    if plan.mix == "saline":
        return (one("saline", "N", need + 500, None, "Saline 0.9 %"),)
    if plan.mix == "steroid":
        return (
            one("lidocaine", "LX", need - 500, 10_000, "Lidocaine 1 %"),
            one("triamcinolone", "T", 500, 40_000, "Triamcinolone 40 mg/mL"),
        )
    if plan.mix == "botulinum":
        lot, expires_on = lots["C"]
        return (
            Drawn(agent="onabotulinumtoxin_a", volume_ul=need, units_centi=units,
                  product="OnabotulinumtoxinA", lot=lot, expires_on=expires_on),
        )  # fmt: skip
    return ()


def made_up_at(plan: Plan, *, at: datetime) -> datetime | None:
    """When the toxin was dissolved: early the same day, and never after it was drawn up."""
    if plan.mix != "botulinum":
        return None
    early = datetime.combine(at.date(), time(7, 30), tzinfo=at.tzinfo)
    return min(early, at)
