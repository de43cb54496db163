// The operator stablesr::group_norm of TorchScript: cuda-norm.cu where it can, else libtorch's kernel. For inference:
// it records nothing for gradients.
#include <ATen/ATen.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <jni.h>
#include <torch/library.h>

extern "C" {
size_t stablesr_group_norm_partial_bytes(int images, int groups);
int stablesr_group_norm_takes(int images, int channels, int groups, int type);
int stablesr_group_norm(const void* x, void* y, const float* scale, const float* shift, void* partial, int images,
                        int pixels, int channels, int groups, float epsilon, int type, cudaStream_t stream);
}

namespace {

int typeOf(const at::Tensor& x) {
  switch (x.scalar_type()) {
    case at::kFloat:
      return 0;
    case at::kHalf:
      return 1;
    case at::kBFloat16:
      return 2;
    default:
      return -1;
  }
}

// x: [N,C,H,W]; scale and shift: fp32 [C].
at::Tensor groupNorm(const at::Tensor& x, int64_t groups, const at::Tensor& scale, const at::Tensor& shift,
                     double epsilon) {
  const int type = typeOf(x);
  // Packs of 16 bytes are read; a slice of a larger tensor may begin anywhere.
  const bool aligned = x.defined() && reinterpret_cast<uintptr_t>(x.const_data_ptr()) % 16 == 0;
  if (type < 0 || !aligned || x.dim() != 4 || x.numel() == 0 || x.size(2) * x.size(3) > INT32_MAX || x.size(0) > INT32_MAX ||
      !x.is_contiguous(at::MemoryFormat::ChannelsLast) || scale.scalar_type() != at::kFloat ||
      shift.scalar_type() != at::kFloat ||
      !stablesr_group_norm_takes(static_cast<int>(x.size(0)), static_cast<int>(x.size(1)), static_cast<int>(groups), type)) {
    return at::group_norm(x, groups, scale.to(x.scalar_type()), shift.to(x.scalar_type()), epsilon);
  }
  c10::cuda::CUDAGuard on(x.device());
  const int images = static_cast<int>(x.size(0));
  at::Tensor y = at::empty_like(x, x.options(), at::MemoryFormat::ChannelsLast);
  at::Tensor partial = at::empty(
      {static_cast<int64_t>(stablesr_group_norm_partial_bytes(images, static_cast<int>(groups)) / sizeof(float))},
      x.options().dtype(at::kFloat));
  const int error = stablesr_group_norm(
      x.const_data_ptr(), y.mutable_data_ptr(), scale.const_data_ptr<float>(), shift.const_data_ptr<float>(),
      partial.mutable_data_ptr(), images, static_cast<int>(x.size(2) * x.size(3)), static_cast<int>(x.size(1)),
      static_cast<int>(groups), static_cast<float>(epsilon), type, c10::cuda::getCurrentCUDAStream());
  C10_CUDA_CHECK(static_cast<cudaError_t>(error));
  return y;
}

}  // namespace

TORCH_LIBRARY(stablesr, library) {
  library.def("group_norm(Tensor x, int groups, Tensor scale, Tensor shift, float epsilon) -> Tensor");
}

TORCH_LIBRARY_IMPL(stablesr, CUDA, library) { library.impl("group_norm", groupNorm); }

// Whether this library has the operator.
extern "C" JNIEXPORT jboolean JNICALL Java_io_stablesr_engine_CudaNorm_present(JNIEnv*, jclass) { return JNI_TRUE; }
