#!/usr/bin/env bash
# Builds DJL's JNI library for the libtorch of an installed torch package, where none is published (docs/gpu.md):
#   git clone --depth 1 -b v0.35.1 https://github.com/deepjavalibrary/djl
#   deploy/build-djl-jni.sh djl TORCH_DIR OUTPUT.so
# TORCH_DIR is what `python3 -c "import torch; print(torch.__path__[0])"` prints. Needs g++ and a JDK (JAVA_HOME or javac
# on the PATH), and the two jars of DJL from Maven Central, which it takes from ~/.m2 (`./mvnw -DskipTests compile`).
# Where the torch has CUDA and a CUDA toolkit is in CUDA_HOME, on the PATH or in /usr/local/cuda, cuda-graphs.cc beside this script, by
# which evaluations are replayed, and cuda-norm.cu, the normalisation of channels-last images, are linked in.
# Without -DUSE_CUDA: that would add the emptying of the allocator's cache and streams per call, neither of which is
# used here; so nothing else needs headers of CUDA.
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
libraries=()
if [ -e "$torch/lib/libtorch_cuda.so" ]; then
  here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
  toolkit=''
  for folder in ${CUDA_HOME:+"$CUDA_HOME"} "$(dirname "$(dirname "$(readlink -f "$(command -v nvcc || echo /usr/local/cuda/bin/nvcc)")")")" /usr/local/cuda; do
    if [ -z "$toolkit" ] && [ -x "$folder/bin/nvcc" ] && [ -e "$folder/include/crt/host_config.h" ]; then toolkit=$folder; fi
  done
  runtime=''
  for file in "$torch"/lib/libcudart*.so* "$torch"/../nvidia/*/lib/libcudart.so* "$toolkit"/lib64/libcudart.so*; do
    if [ -z "$runtime" ] && [ -e "$file" ]; then runtime=$file; fi
  done
  if [ -n "$toolkit" ] && [ -n "$runtime" ]; then
    # shellcheck disable=SC2086 # several options in one variable
    for source in cuda-graphs cuda-norm-operator; do
      g++ $flags -I"$toolkit/include" -c "$here/$source.cc" -o "$work/objects/$source.o"
    done
    "$toolkit/bin/nvcc" -O3 -std=c++17 -Xcompiler -fPIC -arch="${CUDA_ARCHITECTURE:-all-major}" -c "$here/cuda-norm.cu" -o "$work/objects/cuda-norm.o"
    libraries=(-ltorch_cuda -lc10_cuda "$runtime")
  else
    echo "There is no CUDA toolkit with nvcc, or no libcudart: this library will neither replay evaluations nor normalise channels-last images. Set CUDA_HOME to one of the torch's major version." >&2
  fi
fi
g++ -shared -o "$work/library.so" "$work"/objects/*.o -L"$torch/lib" -Wl,--no-as-needed -ltorch -ltorch_cpu -lc10 \
  ${libraries[@]+"${libraries[@]}"} -Wl,--as-needed -Wl,--no-undefined
mkdir -p "$(dirname "$output")"
mv "$work/library.so" "$output"
echo "$output: $(stat -c %s "$output") bytes for $(sed -n "s/^__version__.*'\(.*\)'/\1/p" "$torch/version.py")"
