#!/usr/bin/env bash
# What the guard says to a preview, with the exceptions that count: guard.sh <stack> <folder of pulumi-preview.sh>.
set -euo pipefail
stack=$1 out=$2
if [ -f "$out/$stack.undeployed.txt" ]; then
  echo "$stack is not deployed yet: nothing can be lost." | tee "$out/$stack.guard.txt"
  exit 0
fi
npm run --silent guard -- "$out/$stack.pulumi.json" --exceptions "$out/$stack.approved/guard-exceptions.json" 2>&1 |
  tee "$out/$stack.guard.txt"
