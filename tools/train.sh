#!/bin/sh
# Run the programs whose profile shapes the release: every bench program, and the snippets of bench/builtins.py, on an instrumented build.
#
#     tools/train.sh BUILD_DIRECTORY      writes BUILD_DIRECTORY/taipan.profdata
set -eu

build=$1
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
rm -rf "$build/raw"
mkdir -p "$build/raw"
LLVM_PROFILE_FILE="$build/raw/%2m.profraw" # processes add to the same files
export LLVM_PROFILE_FILE PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
for program in "$root"/bench/programs/*.py; do
    timeout 120 "$build/taipan" "$program" >/dev/null 2>&1 || echo "train: $program did not end well" >&2
done
timeout 300 "$build/taipan" "$root/bench/builtins.py" --train >/dev/null 2>&1 || echo "train: bench/builtins.py did not end well" >&2
# The start counts for much: else its functions, which run a few times only, would be called cold, be compiled for size and
# lie scattered among those that never run.
LLVM_PROFILE_FILE="$build/raw/start-%2m.raw"
for modules in sys "argparse, json, re" "asyncio, logging, dataclasses" "threading, subprocess, unittest"; do
    "$build/taipan" -c "import $modules"
done
llvm-profdata-19 merge -o "$build/start.profdata" "$build"/raw/start-*.raw
llvm-profdata-19 merge -o "$build/taipan.profdata.new" -weighted-input=100000,"$build/start.profdata" "$build"/raw/*.profraw
mv "$build/taipan.profdata.new" "$build/taipan.profdata"
rm -rf "$build/raw"
