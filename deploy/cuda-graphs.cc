// Recordings of the kernels that one evaluation starts on a GPU, and their replay: the native half of
// io.stablesr.engine.CudaGraph. deploy/build-djl-jni.sh links it into DJL's JNI library where the torch has CUDA; a
// library without it works, and evaluations are not replayed then.
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <jni.h>

#include <exception>
#include <memory>
#include <optional>

namespace {

struct Recording {
  at::cuda::CUDAGraph graph;
  // While the calling thread records: whatever it starts goes to a stream of its own.
  std::optional<c10::cuda::CUDAStreamGuard> stream;
};

Recording* recording(jlong handle) { return reinterpret_cast<Recording*>(handle); }

template <typename Work>
void guarded(JNIEnv* env, const Work& work) {
  const char* kind = "ai/djl/engine/EngineException";
  try {
    work();
  } catch (const c10::Error& e) {
    env->ThrowNew(env->FindClass(kind), e.what_without_backtrace());
  } catch (const std::exception& e) {
    env->ThrowNew(env->FindClass(kind), e.what());
  }
}

}  // namespace

extern "C" {

// Whether this library is there at all.
JNIEXPORT jboolean JNICALL Java_io_stablesr_engine_CudaGraph_present(JNIEnv*, jclass) { return JNI_TRUE; }

// A pool of memory that recordings share: they are never replayed at the same time.
JNIEXPORT void JNICALL Java_io_stablesr_engine_CudaGraph_pool(JNIEnv* env, jclass, jlongArray into) {
  guarded(env, [&] {
    const auto id = at::cuda::graph_pool_handle();
    const jlong both[] = {static_cast<jlong>(id.first), static_cast<jlong>(id.second)};
    env->SetLongArrayRegion(into, 0, 2, both);
  });
}

// From here to `end` or `discard` the kernels of the calling thread are recorded and not run. Calls of other threads
// that CUDA would refuse meanwhile are not its business.
JNIEXPORT jlong JNICALL Java_io_stablesr_engine_CudaGraph_begin(
    JNIEnv* env, jclass, jint device, jlong first, jlong second) {
  auto made = std::make_unique<Recording>();
  guarded(env, [&] {
    c10::cuda::CUDAGuard on(static_cast<c10::DeviceIndex>(device));
    // What was started before is on another stream and may still be at work.
    c10::cuda::device_synchronize();
    made->stream.emplace(c10::cuda::getStreamFromPool(false, static_cast<c10::DeviceIndex>(device)));
    made->graph.capture_begin(
        {static_cast<c10::CaptureId_t>(first), static_cast<c10::CaptureId_t>(second)},
        cudaStreamCaptureModeThreadLocal);
  });
  return env->ExceptionCheck() ? 0 : reinterpret_cast<jlong>(made.release());
}

JNIEXPORT void JNICALL Java_io_stablesr_engine_CudaGraph_end(JNIEnv* env, jclass, jlong handle) {
  guarded(env, [&] { recording(handle)->graph.capture_end(); });
  recording(handle)->stream.reset();
}

// Ends a recording that failed, and frees it.
JNIEXPORT void JNICALL Java_io_stablesr_engine_CudaGraph_discard(JNIEnv*, jclass, jlong handle) {
  std::unique_ptr<Recording> failed(recording(handle));
  try {
    failed->graph.capture_end();
  } catch (const std::exception&) {
    // CUDA has ended it already, which is why it failed.
  }
  failed->stream.reset();
}

JNIEXPORT void JNICALL Java_io_stablesr_engine_CudaGraph_replay(JNIEnv* env, jclass, jlong handle) {
  guarded(env, [&] { recording(handle)->graph.replay(); });
}

JNIEXPORT void JNICALL Java_io_stablesr_engine_CudaGraph_free(JNIEnv*, jclass, jlong handle) {
  delete recording(handle);
}

}  // extern "C"
