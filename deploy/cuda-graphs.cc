// Recordings of the kernels that one evaluation starts on a GPU, and their replay: the native half of
// io.stablesr.engine.CudaGraph. deploy/build-djl-jni.sh links it into DJL's JNI library where the torch has CUDA; a
// library without it works, and evaluations are not replayed then.
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <jni.h>

#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace {

namespace allocator = c10::cuda::CUDACachingAllocator;

using Pool = decltype(std::declval<at::cuda::CUDAGraph&>().pool());

// One recording at a time in this process: what begins one waits for others and frees memory, which CUDA refuses
// during another.
std::mutex turns;

struct Recording {
  c10::DeviceIndex device;
  Pool pool;
  at::cuda::CUDAGraph graph;
  // While the calling thread records: its turn, and the stream that whatever it starts goes to.
  std::unique_lock<std::mutex> turn;
  std::optional<c10::cuda::CUDAStreamGuard> stream;

  void leave() {
    stream.reset();
    if (turn.owns_lock()) turn.unlock();
  }
};

Recording* recording(jlong handle) { return reinterpret_cast<Recording*>(handle); }

// One for each pool: libtorch hands memory on within a stream only, and what it keeps for a stream lies in its pool.
// To be called in turn.
c10::cuda::CUDAStream streamOf(c10::DeviceIndex device, const Pool& pool) {
  static std::map<Pool, c10::cuda::CUDAStream> streams;
  auto known = streams.find(pool);
  if (known == streams.end()) {
    known = streams.emplace(pool, c10::cuda::getStreamFromPool(false, device)).first;
  }
  return known->second;
}

// Ends a recording that failed, so that neither CUDA nor libtorch takes it for under way.
void abandon(Recording& failed) {
  try {
    failed.graph.capture_end();
    return;
  } catch (const std::exception&) {
    // What cannot be recorded has ended it for CUDA, but not for the others.
  }
  cudaStream_t stream = streamOf(failed.device, failed.pool).stream();
  try {
    // An empty recording in its place ends it for all of them.
    cudaGetLastError();
    if (cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal) == cudaSuccess) {
      failed.graph.capture_end();
      return;
    }
  } catch (const std::exception&) {
    // Else piece by piece.
  }
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
  if (cudaStreamIsCapturing(stream, &status) == cudaSuccess && status != cudaStreamCaptureStatusNone) {
    cudaGraph_t rest = nullptr;
    cudaStreamEndCapture(stream, &rest);
    if (rest != nullptr) cudaGraphDestroy(rest);
  }
  cudaGetLastError();
  try {
    allocator::endAllocateToPool(failed.device, failed.pool);
    allocator::releasePool(failed.device, failed.pool);
  } catch (const std::exception&) {
    // It has not begun, or has ended.
  }
}

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

// Which functions this library has: those of this number.
JNIEXPORT jint JNICALL Java_io_stablesr_engine_CudaGraph_version(JNIEnv*, jclass) { return 1; }

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
  Recording* begun = nullptr;
  guarded(env, [&] {
    std::unique_ptr<Recording> made(new Recording{
        static_cast<c10::DeviceIndex>(device),
        {static_cast<Pool::first_type>(first), static_cast<Pool::second_type>(second)}});
    made->turn = std::unique_lock<std::mutex>(turns);
    // What was started before may still be at work.
    c10::cuda::getCurrentCUDAStream(made->device).synchronize();
    made->stream.emplace(streamOf(made->device, made->pool));
    // No memory can be taken back from the allocator's cache while it records.
    allocator::emptyCache();
    try {
      made->graph.capture_begin(made->pool, cudaStreamCaptureModeThreadLocal);
    } catch (const std::exception&) {
      abandon(*made);
      made->leave();
      throw;
    }
    begun = made.release();
  });
  return reinterpret_cast<jlong>(begun);
}

JNIEXPORT void JNICALL Java_io_stablesr_engine_CudaGraph_end(JNIEnv* env, jclass, jlong handle) {
  guarded(env, [&] {
    recording(handle)->graph.capture_end();
    recording(handle)->leave();
  });
}

// Ends a recording that failed, and frees it.
JNIEXPORT void JNICALL Java_io_stablesr_engine_CudaGraph_discard(JNIEnv*, jclass, jlong handle) {
  std::unique_ptr<Recording> failed(recording(handle));
  abandon(*failed);
  failed->leave();
  std::lock_guard<std::mutex> turn(turns);
  failed.reset();
}

// Gives the device what no tensor and no recording needs.
JNIEXPORT void JNICALL Java_io_stablesr_engine_CudaGraph_emptyCache(JNIEnv* env, jclass) {
  guarded(env, [&] {
    std::lock_guard<std::mutex> turn(turns);
    allocator::emptyCache();
  });
}

JNIEXPORT void JNICALL Java_io_stablesr_engine_CudaGraph_replay(JNIEnv* env, jclass, jlong handle) {
  guarded(env, [&] { recording(handle)->graph.replay(); });
}

JNIEXPORT void JNICALL Java_io_stablesr_engine_CudaGraph_free(JNIEnv*, jclass, jlong handle) {
  std::lock_guard<std::mutex> turn(turns);
  delete recording(handle);
}

}  // extern "C"
