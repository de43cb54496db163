package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * UniPC of second order with B(h) = exp(h) - 1 (Zhao et al. 2023, algorithms 1 and 2): each
 * prediction is also used to correct the step that led to it, at no further evaluation.
 */
public final class UniPcSampler extends MultistepSampler {
  /** A sampler over the timesteps of {@code schedule}. */
  public UniPcSampler(RespacedSchedule schedule, Parameterization parameterization) {
    super(schedule, parameterization);
  }

  /** {@code past} holds the corrected latent before {@code x}, and the last two predictions. */
  @Override
  public Advance advance(int i, FloatTensor x, Denoised denoised, Past past, FloatTensor unused) {
    FloatTensor x0 = denoised.x0();
    if (i == 0) {
      return new Advance(x0, Past.NONE);
    }
    FloatTensor corrected = past.tensors().isEmpty() ? x : corrected(i, x0, past.tensors());
    List<FloatTensor> kept = new ArrayList<>(List.of(corrected, x0));
    FloatTensor next = constant(i, corrected, x0);
    if (!past.tensors().isEmpty()) {
      FloatTensor before = past.tensors().get(1);
      next = plusDifference(next, gain(i) / 2 / ratio(i), before, x0);
      kept.add(before);
    }
    return new Advance(next, new Past(kept));
  }

  /** How far the step before {@code from} lies back, in steps that start there; negative. */
  private double ratio(int from) {
    return (lambda(from + 1) - lambda(from)) / (lambda(from - 1) - lambda(from));
  }

  /** The latent at index {@code i} once more, now that the prediction there is known. */
  private FloatTensor corrected(int i, FloatTensor x0, List<FloatTensor> past) {
    int from = i + 1;
    FloatTensor base = constant(from, past.get(0), past.get(1));
    if (past.size() == 2) {
      return plusDifference(base, gain(from) / 2, x0, past.get(1));
    }
    double h = lambda(i) - lambda(from);
    double b = Math.expm1(-h);
    double phi2 = b / -h - 1;
    double phi3 = phi2 / -h - 0.5;
    // Solves [1 1; r 1] (older, newer) = (phi2, 2 phi3) / b.
    double r = ratio(from);
    double older = (phi2 - 2 * phi3) / b / (1 - r);
    double newer = phi2 / b - older;
    FloatTensor changed = plusDifference(base, gain(from) * older / r, past.get(2), past.get(1));
    return plusDifference(changed, gain(from) * newer, x0, past.get(1));
  }
}
