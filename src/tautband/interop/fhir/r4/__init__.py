"""The shapes of FHIR R4 (4.0.1): the types we read or write, and all that they are made of."""
