#!/usr/bin/env bash
# Tells Spark which GPUs there are: {"name": "gpu", "addresses": ["0","1"]}. For
# spark.{worker,executor}.resource.gpu.discoveryScript. With CUDA_VISIBLE_DEVICES only those in it.
set -euo pipefail

fail() {
  echo "gpu-discovery: $*" >&2
  exit 1
}

command -v nvidia-smi >/dev/null ||
  fail "There is no nvidia-smi on $(hostname); install NVIDIA's driver, or do not ask for GPUs here."
listed=$(nvidia-smi --query-gpu=index,uuid --format=csv,noheader) ||
  fail "nvidia-smi failed on $(hostname): $listed"

addresses=()
if [ -n "${CUDA_VISIBLE_DEVICES+set}" ]; then
  # Indices or the beginnings of UUIDs; CUDA ignores what follows the first one it does not know.
  IFS=, read -ra wanted <<<"$CUDA_VISIBLE_DEVICES"
  for device in ${wanted[@]+"${wanted[@]}"}; do
    device=${device//[[:space:]]/}
    found=
    while IFS=', ' read -r index uuid; do
      if [ "$device" = "$index" ] || { [[ $device == GPU-* ]] && [[ $uuid == "$device"* ]]; }; then
        found=$device
      fi
    done <<<"$listed"
    # A slice of a GPU is not in that list.
    [[ $device != MIG-* ]] || found=$device
    [ -n "$found" ] || break
    addresses+=("$found")
  done
  [ ${#addresses[@]} -gt 0 ] ||
    fail "CUDA_VISIBLE_DEVICES='$CUDA_VISIBLE_DEVICES' names no GPU of $(hostname)."
else
  while IFS=', ' read -r index _; do
    [ -z "$index" ] || addresses+=("$index")
  done <<<"$listed"
  [ ${#addresses[@]} -gt 0 ] || fail "nvidia-smi lists no GPU on $(hostname)."
fi

list=$(printf '"%s",' "${addresses[@]}")
printf '{"name": "gpu", "addresses": [%s]}\n' "${list%,}"
