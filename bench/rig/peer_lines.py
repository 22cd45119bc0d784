"""`python -m bench.rig.peer_lines FILE`, in the peer's venv: fhir.resources parses each line."""

import json
import sys
import time
from pathlib import Path

from fhir.resources import get_fhir_model_class


def main() -> None:
    lines = Path(sys.argv[1]).read_bytes().splitlines()
    known = [(get_fhir_model_class(json.loads(line)["resourceType"]), line) for line in lines]
    for model, line in known:
        model.parse_raw(line)
    began = time.process_time()
    for model, line in known:
        model.parse_raw(line)
    print(json.dumps({"seconds": time.process_time() - began}))


if __name__ == "__main__":
    main()
