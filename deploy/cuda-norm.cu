// Group normalisation of images whose channels lie next to each other (NHWC), as convolutions on a GPU want them:
// libtorch's own kernel turns them into NCHW, and the next convolution turns them back. deploy/build-djl-jni.sh
// compiles this where there is nvcc; cuda-norm-operator.cc makes it an operator of TorchScript.
//
// Sums are taken in fp32 of differences to one value of the group, in an order that depends on the shape only, so
// that the same input gives the same bits.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

namespace {

constexpr int kThreads = 512;
constexpr int kMostChunks = 32;

__device__ float wide(float x) { return x; }
__device__ float wide(__half x) { return __half2float(x); }
__device__ float wide(__nv_bfloat16 x) { return __bfloat162float(x); }
__device__ void narrow(float x, float* to) { *to = x; }
__device__ void narrow(float x, __half* to) { *to = __float2half_rn(x); }
__device__ void narrow(float x, __nv_bfloat16* to) { *to = __float2bfloat16_rn(x); }

// What one load of 16 bytes brings.
template <typename T>
struct alignas(16) Pack {
  static constexpr int kSize = 16 / sizeof(T);
  T at[kSize];
};

// Sums of a chunk of the pixels of an image for each group: {sum, sum of squares} of differences to the pivot.
// Threads: x over packs of channels, y over pixels. Blocks: x over chunks, y over images.
template <typename T>
__global__ void sums(const T* x, float2* partial, int pixels, int channels, int groups) {
  extern __shared__ float2 shared[];
  constexpr int kSize = Pack<T>::kSize;
  const int perGroup = channels / groups;
  const T* image = x + static_cast<size_t>(blockIdx.y) * pixels * channels;
  const int first = threadIdx.x * kSize;
  float pivot[kSize], sum[kSize], squares[kSize];
#pragma unroll
  for (int i = 0; i < kSize; i++) {
    pivot[i] = wide(image[(first + i) / perGroup * perGroup]);
    sum[i] = squares[i] = 0;
  }
  const int each = (pixels + gridDim.x - 1) / gridDim.x;
  const int from = blockIdx.x * each;
  const int to = min(pixels, from + each);
  for (int p = from + threadIdx.y; p < to; p += blockDim.y) {
    const Pack<T> values = *reinterpret_cast<const Pack<T>*>(image + static_cast<size_t>(p) * channels + first);
#pragma unroll
    for (int i = 0; i < kSize; i++) {
      const float d = wide(values.at[i]) - pivot[i];
      sum[i] += d;
      squares[i] += d * d;
    }
  }
#pragma unroll
  for (int i = 0; i < kSize; i++) {
    shared[threadIdx.y * channels + first + i] = make_float2(sum[i], squares[i]);
  }
  __syncthreads();
  const int thread = threadIdx.y * blockDim.x + threadIdx.x;
  const int threads = blockDim.x * blockDim.y;
  for (int c = thread; c < channels; c += threads) {
    float2 all = shared[c];
    for (int r = 1; r < blockDim.y; r++) {
      const float2 more = shared[r * channels + c];
      all.x += more.x;
      all.y += more.y;
    }
    shared[c] = all;
  }
  __syncthreads();
  for (int g = thread; g < groups; g += threads) {
    float2 all = make_float2(0, 0);
    for (int c = g * perGroup; c < (g + 1) * perGroup; c++) {
      all.x += shared[c].x;
      all.y += shared[c].y;
    }
    partial[(static_cast<size_t>(blockIdx.y) * gridDim.x + blockIdx.x) * groups + g] = all;
  }
}

template <typename T>
__global__ void normalise(const T* x, T* y, const float* scale, const float* shift, const float2* partial, int chunks,
                          int pixels, int channels, int groups, float epsilon) {
  extern __shared__ float2 moments[];
  constexpr int kSize = Pack<T>::kSize;
  const int perGroup = channels / groups;
  const size_t offset = static_cast<size_t>(blockIdx.y) * pixels * channels;
  const int thread = threadIdx.y * blockDim.x + threadIdx.x;
  const float count = static_cast<float>(pixels) * perGroup;
  for (int g = thread; g < groups; g += blockDim.x * blockDim.y) {
    float2 all = make_float2(0, 0);
    for (int k = 0; k < chunks; k++) {
      const float2 more = partial[(static_cast<size_t>(blockIdx.y) * chunks + k) * groups + g];
      all.x += more.x;
      all.y += more.y;
    }
    const float difference = all.x / count;
    const float variance = fmaxf(0.f, all.y / count - difference * difference);
    moments[g] = make_float2(wide(x[offset + g * perGroup]) + difference, rsqrtf(variance + epsilon));
  }
  __syncthreads();
  const int first = threadIdx.x * kSize;
  float factor[kSize], mean[kSize], summand[kSize];
#pragma unroll
  for (int i = 0; i < kSize; i++) {
    const float2 known = moments[(first + i) / perGroup];
    mean[i] = known.x;
    factor[i] = known.y * scale[first + i];
    summand[i] = shift[first + i];
  }
  for (int p = blockIdx.x * blockDim.y + threadIdx.y; p < pixels; p += gridDim.x * blockDim.y) {
    const size_t at = offset + static_cast<size_t>(p) * channels + first;
    const Pack<T> values = *reinterpret_cast<const Pack<T>*>(x + at);
    Pack<T> result;
#pragma unroll
    for (int i = 0; i < kSize; i++) {
      narrow((wide(values.at[i]) - mean[i]) * factor[i] + summand[i], &result.at[i]);
    }
    *reinterpret_cast<Pack<T>*>(y + at) = result;
  }
}

int chunksOf(int pixels, int rows) { return max(1, min(kMostChunks, pixels / (rows * 8))); }

template <typename T>
cudaError_t run(const void* x, void* y, const float* scale, const float* shift, void* partial, int images, int pixels,
                int channels, int groups, float epsilon, cudaStream_t stream) {
  const int packs = channels / Pack<T>::kSize;
  const int rows = max(1, kThreads / packs);
  const int chunks = chunksOf(pixels, rows);
  const dim3 threads(packs, rows);
  sums<T><<<dim3(chunks, images), threads, sizeof(float2) * rows * channels, stream>>>(
      static_cast<const T*>(x), static_cast<float2*>(partial), pixels, channels, groups);
  const int blocks = max(1, min(128, pixels / (rows * 4)));
  normalise<T><<<dim3(blocks, images), threads, sizeof(float2) * groups, stream>>>(
      static_cast<const T*>(x), static_cast<T*>(y), scale, shift, static_cast<const float2*>(partial), chunks, pixels,
      channels, groups, epsilon);
  return cudaGetLastError();
}

}  // namespace

extern "C" {

// Bytes of `partial` that any image needs.
size_t stablesr_group_norm_partial_bytes(int images, int groups) {
  return sizeof(float2) * kMostChunks * static_cast<size_t>(images) * groups;
}

// Whether images of so many channels can be normalised; type: 0 fp32, 1 fp16, 2 bf16.
int stablesr_group_norm_takes(int images, int channels, int groups, int type) {
  const int pack = type == 0 ? 4 : 8;
  // Up to 48 KiB of shared memory without asking.
  return images <= 65535 && channels >= pack && channels % pack == 0 && channels % groups == 0 && channels / pack <= kThreads &&
         sizeof(float2) * channels * (kThreads / (channels / pack)) <= 48 * 1024;
}

int stablesr_group_norm(const void* x, void* y, const float* scale, const float* shift, void* partial, int images,
                        int pixels, int channels, int groups, float epsilon, int type, cudaStream_t stream) {
  switch (type) {
    case 0:
      return run<float>(x, y, scale, shift, partial, images, pixels, channels, groups, epsilon, stream);
    case 1:
      return run<__half>(x, y, scale, shift, partial, images, pixels, channels, groups, epsilon, stream);
    default:
      return run<__nv_bfloat16>(x, y, scale, shift, partial, images, pixels, channels, groups, epsilon, stream);
  }
}
}
