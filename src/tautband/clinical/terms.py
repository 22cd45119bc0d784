"""The closed vocabularies of the field, each value spelled as it is stored and exchanged."""

from enum import StrEnum


class Side(StrEnum):
    """The patient's own side, never the side of the picture."""

    LEFT = "left"
    RIGHT = "right"
    MIDLINE = "midline"


class Sex(StrEnum):
    """Administrative sex as FHIR spells it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class Answer(StrEnum):
    """What a person said to a question; nothing is preselected."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Guidance(StrEnum):
    """How the needle was guided."""

    NONE = "none"
    LANDMARK = "landmark"
    ULTRASOUND = "ultrasound"
    EMG = "emg"
    FLUOROSCOPY = "fluoroscopy"


class BodyPosition(StrEnum):
    """How the patient lies or sits while injected."""

    PRONE = "prone"
    SUPINE = "supine"
    SIDE_LYING = "side-lying"
    SEATED = "seated"


class AgentKind(StrEnum):
    """What family an agent belongs to; limits and interactions are per family."""

    LOCAL_ANAESTHETIC = "local-anaesthetic"
    CORTICOSTEROID = "corticosteroid"
    BOTULINUM_TOXIN = "botulinum-toxin"
    INERT = "inert"
    OTHER = "other"


class AllergySeverity(StrEnum):
    """How bad the reaction was."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    ANAPHYLAXIS = "anaphylaxis"
    UNKNOWN = "unknown"


class Infection(StrEnum):
    """Infection found when asked today."""

    NONE = "none"
    SITE = "site"
    SYSTEMIC = "systemic"


class LungRisk(StrEnum):
    """Whether a needle into the muscle can reach the lung."""

    HIGH = "high"
    LOW = "low"
    NONE = "none"
