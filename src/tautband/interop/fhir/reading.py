"""Reading staged resources: each is held against R4 first, then read by its kind."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from tautband.interop.fhir import references
from tautband.interop.fhir.arrangements import read_appointment, read_coverage
from tautband.interop.fhir.concepts import resource_id
from tautband.interop.fhir.elements import Bad, Element
from tautband.interop.fhir.gate import checked
from tautband.interop.fhir.medications import Lookup, read_request, read_statement
from tautband.interop.fhir.observations import read_observation
from tautband.interop.fhir.patient import ReadPatient, read_patient
from tautband.interop.fhir.staging import Staged
from tautband.interop.fhir.statements import NoKnownAllergies, read_allergy, read_condition
from tautband.records.actions.imported import (
    ImportedAppointment,
    ImportedCoverage,
    ImportedMeasurement,
    ImportedPregnancyStatus,
    ImportedStatement,
)

Stated = (
    ImportedStatement
    | ImportedMeasurement
    | ImportedPregnancyStatus
    | ImportedCoverage
    | ImportedAppointment
    | NoKnownAllergies
)
# What a name stands for in the files, by scope and name.
Find = Callable[[int, str], bytes | None]


class Reader:
    """Reads the resources of one import; `find` gives what others in the files point to."""

    def __init__(self, *, zone: ZoneInfo, source: str, find: Find) -> None:
        self._zone = zone
        self._source = source
        self._find = find

    def patient(self, staged: Staged) -> ReadPatient:
        """A Patient; Bad with the place if it cannot be taken."""
        resource = self._element(staged)
        resource_id(resource, staged.full_url)
        return read_patient(resource, full_url=staged.full_url, zone=self._zone)

    def stated(self, staged: Staged) -> tuple[str, Stated]:
        """What a resource about a patient states, with its id at the source.

        Raises Ignored for what is valid but says nothing we keep, Bad for what cannot be taken.
        """
        resource = self._element(staged)
        source_id = resource_id(resource, staged.full_url, source=self._source)
        return source_id, self._stated(resource, staged, source_id)

    def _stated(self, resource: Element, staged: Staged, source_id: str) -> Stated:
        zone, lookup = self._zone, self._lookup(staged.scope)
        match staged.kind:
            case "AllergyIntolerance":
                return read_allergy(resource, source_id=source_id, zone=zone)
            case "Condition":
                return read_condition(resource, source_id=source_id, zone=zone)
            case "MedicationRequest":
                return read_request(resource, source_id=source_id, zone=zone, lookup=lookup)
            case "MedicationStatement":
                return read_statement(resource, source_id=source_id, zone=zone, lookup=lookup)
            case "Coverage":
                return read_coverage(resource, source_id=source_id, zone=zone, lookup=lookup)
            case "Appointment":
                return read_appointment(resource, source_id=source_id, lookup=lookup)
            case _:
                return read_observation(resource, source_id=source_id, zone=zone)

    def _element(self, staged: Staged) -> Element:
        if staged.broken:
            raise Bad(staged.path, staged.broken)
        return Element(checked(staged.raw, staged.path), staged.path)

    def _lookup(self, scope: int) -> Lookup:
        def lookup(pointer: Element) -> Element | None:
            for name in references.called(pointer.fields):
                if (raw := self._find(scope, name)) is not None:
                    return Element(checked(raw, pointer.path), pointer.path)
            return None

        return lookup
