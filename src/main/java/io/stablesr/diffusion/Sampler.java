package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;
import java.util.List;

/**
 * One way from noise to a latent as pure functions of the index {@code i}, which runs from {@code
 * steps() - 1} (noisiest) to 0. All tensors have one shape {@code [N,4,h,w]}.
 */
public interface Sampler {
  /** The number of network evaluations. */
  int steps();

  /** The original timestep that the networks see at index {@code i}. */
  int timestep(int i);

  /** Reads the network's output at {@code x}. */
  Denoised denoise(int i, FloatTensor x, FloatTensor zLr, FloatTensor output);

  /** The network's output at {@code x} that says that {@code zLr} is the clean latent. */
  FloatTensor keeping(int i, FloatTensor x, FloatTensor zLr);

  /** The state at {@code x} whose clean latent is {@code x0}, from wherever that came. */
  Denoised withX0(int i, FloatTensor x, FloatTensor x0);

  /** Standard deviation of the fresh noise that step {@code i} adds; 0 means that none is read. */
  float noiseScale(int i);

  /**
   * The next, less noisy latent; at {@code i == 0} the result. Samplers that remember take a first
   * step here: {@link #advance} is theirs.
   *
   * @param noise standard normal; ignored, and may be null, where {@link #noiseScale} is 0
   */
  FloatTensor next(int i, FloatTensor x, Denoised denoised, FloatTensor noise);

  /**
   * The same as {@link #next} for samplers that remember.
   *
   * @param past of the step before, {@link Past#NONE} at the first
   */
  default Advance advance(int i, FloatTensor x, Denoised denoised, Past past, FloatTensor noise) {
    return new Advance(next(i, x, denoised, noise), Past.NONE);
  }

  /**
   * What a sampler remembers; each latent has the shape of x.
   *
   * @param tensors known to the sampler alone
   */
  record Past(List<FloatTensor> tensors) {
    /** Nothing. */
    public static final Past NONE = new Past(List.of());

    /** Copies the list. */
    public Past {
      tensors = List.copyOf(tensors);
    }
  }

  /**
   * A step.
   *
   * @param x the next latent
   * @param past for the step from there
   */
  record Advance(FloatTensor x, Past past) {}

  /**
   * The two halves of x_t.
   *
   * @param x0 predicted clean latent
   * @param eps predicted noise
   */
  record Denoised(FloatTensor x0, FloatTensor eps) {}
}
