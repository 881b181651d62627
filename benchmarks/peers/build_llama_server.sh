#!/usr/bin/env bash
# Builds llama.cpp's own server from the source that llama-cpp-python ships, so that the peer and
# our worker run the same code. Needs pip, cmake, a C++ compiler and 10 to 30 minutes.
#
#     benchmarks/peers/build_llama_server.sh FOLDER [JOBS]
#
# leaves FOLDER/build/bin/llama-server. Not part of CI.
set -euo pipefail

folder=$(realpath -m "$1")
jobs=${2:-$(nproc)}
here=$(dirname "$(realpath "$0")")
version=$(sed -n 's/^llama-cpp-python==\([0-9.]*\).*/\1/p' "$here/../../requirements.lock")

mkdir -p "$folder"
python3 -m pip download --no-deps --no-binary llama-cpp-python "llama-cpp-python==$version" \
    --dest "$folder"
tar -xzf "$folder/llama_cpp_python-$version.tar.gz" -C "$folder"

# No web page (it would be downloaded), no HTTPS: all is on this machine.
cmake -S "$folder/llama_cpp_python-$version/vendor/llama.cpp" -B "$folder/build" \
    -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
    -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_OPENSSL=OFF \
    -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF
cmake --build "$folder/build" --target llama-server --parallel "$jobs"
echo "$folder/build/bin/llama-server"
