#!/usr/bin/env bash
# Builds DJL's JNI library for the libtorch of an installed torch package, where none is published (docs/gpu.md):
#   git clone --depth 1 -b v0.35.1 https://github.com/deepjavalibrary/djl
#   deploy/build-djl-jni.sh djl TORCH_DIR OUTPUT.so
# TORCH_DIR is what `python3 -c "import torch; print(torch.__path__[0])"` prints. Needs g++ and a JDK (JAVA_HOME or javac
# on the PATH), and the two jars of DJL from Maven Central, which it takes from ~/.m2 (`./mvnw -DskipTests compile`).
# Without -DUSE_CUDA: that would add the emptying of the allocator's cache and streams per call, neither of which is
# used here; so no headers of CUDA are needed.
set -euo pipefail
[ $# = 3 ] || { sed -n '2,5p' "$0" >&2; exit 2; }
djl=$1 torch=$2 output=$3
version=0.35.1
javac=$(readlink -f "$(command -v "${JAVA_HOME:+$JAVA_HOME/bin/}javac" || true)")
[ -x "$javac" ] || { echo "There is no javac; set JAVA_HOME to a JDK." >&2; exit 2; }
jdk=$(dirname "$(dirname "$javac")")
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}/ai/djl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/headers" "$work/classes" "$work/objects"

"$javac" -proc:none -h "$work/headers" -d "$work/classes" \
  -cp "$repository/api/$version/api-$version.jar:$repository/pytorch/pytorch-engine/$version/pytorch-engine-$version.jar" \
  "$djl/engines/pytorch/pytorch-engine/src/main/java/ai/djl/pytorch/jni/PyTorchLibrary.java"

standard=c++17
if grep -q 'C++20 or later' "$torch/include/torch/csrc/api/include/torch/all.h"; then standard=c++20; fi
flags="-std=$standard -O2 -fPIC -w -D_GLIBCXX_USE_CXX11_ABI=1 -I$work/headers -I$djl/api/src/main/native \
  -I$jdk/include -I$jdk/include/linux -I$torch/include -I$torch/include/torch/csrc/api/include"
export flags work
find "$djl/engines/pytorch/pytorch-native/src/main/native" -name '*.cc' -print0 \
  | xargs -0 -n 1 -P "$(nproc)" sh -c 'g++ $flags -c "$1" -o "$work/objects/$(basename "$1" .cc).o"' sh
g++ -shared -o "$work/library.so" "$work"/objects/*.o -L"$torch/lib" -Wl,--no-as-needed -ltorch -ltorch_cpu -lc10 \
  -Wl,--as-needed -Wl,--no-undefined
mkdir -p "$(dirname "$output")"
mv "$work/library.so" "$output"
echo "$output: $(stat -c %s "$output") bytes for $(sed -n "s/^__version__.*'\(.*\)'/\1/p" "$torch/version.py")"
