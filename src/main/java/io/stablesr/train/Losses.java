package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorFunctions;
import io.stablesr.engine.TensorScope;
import io.stablesr.metric.TrunkInput;
import java.util.List;

/** Losses and the arithmetic between networks, differentiable. */
public final class Losses implements AutoCloseable {
  private static final String METHODS =
      """
      def latent(self: __torch__.Net, moments: Tensor, scale: Tensor) -> List[Tensor]:
        parts = torch.chunk(moments, 2, 1)
        return [torch.mul(parts[0], scale)]
      def sample(self: __torch__.Net, moments: Tensor, noise: Tensor, scale: Tensor) -> List[Tensor]:
        parts = torch.chunk(moments, 2, 1)
        deviation = torch.exp(torch.mul(torch.clamp(parts[1], -30, 20), 0.5))
        return [torch.mul(torch.add(parts[0], torch.mul(deviation, noise)), scale)]
      def divergence(self: __torch__.Net, moments: Tensor) -> List[Tensor]:
        parts = torch.chunk(moments, 2, 1)
        v = torch.clamp(parts[1], -30, 20)
        kl = torch.sub(torch.sub(torch.add(torch.mul(parts[0], parts[0]), torch.exp(v)), v), 1)
        return [torch.mul(torch.sum(kl), 0.5 / moments.size(0))]
      def mix(self: __torch__.Net, a: Tensor, x: Tensor, b: Tensor, y: Tensor) -> List[Tensor]:
        return [torch.add(torch.mul(a, x), torch.mul(b, y))]
      def scaled(self: __torch__.Net, x: Tensor, scale: Tensor) -> List[Tensor]:
        return [torch.mul(x, scale)]
      def color(self: __torch__.Net, content: Tensor, style: Tensor) -> List[Tensor]:
        return [torch.add(content, __torch__.low(torch.sub(style, content)))]
      def picture(self: __torch__.Net, out: Tensor, target: Tensor, gradient: Tensor) -> List[Tensor]:
        d = torch.sub(__torch__.inner(out), __torch__.inner(target))
        level = torch.mean(torch.sqrt(torch.add(torch.mul(d, d), 1e-06)))
        slope = torch.add(torch.mean(torch.abs(__torch__.right(d))), torch.mean(torch.abs(__torch__.down(d))))
        return [torch.add(level, torch.mul(slope, gradient)), level, slope]
      def charbonnier(self: __torch__.Net, out: Tensor, target: Tensor, scale: Tensor) -> List[Tensor]:
        d = torch.mul(torch.sub(out, target), scale)
        return [torch.mean(torch.sqrt(torch.add(torch.mul(d, d), 1e-06)))]
      def absolute(self: __torch__.Net, out: Tensor, target: Tensor) -> List[Tensor]:
        return [torch.mean(torch.abs(torch.sub(out, target)))]
      def real(self: __torch__.Net, judgement: Tensor) -> List[Tensor]:
        return [torch.mean(torch.relu(torch.rsub(judgement, 1)))]
      def fake(self: __torch__.Net, judgement: Tensor) -> List[Tensor]:
        return [torch.mean(torch.relu(torch.add(judgement, 1)))]
      def real_shared(self: __torch__.Net, judgement: Tensor, share: Tensor) -> List[Tensor]:
        return [torch.mean(torch.mul(torch.relu(torch.rsub(judgement, 1)), share))]
      def fake_shared(self: __torch__.Net, judgement: Tensor, share: Tensor) -> List[Tensor]:
        return [torch.mean(torch.mul(torch.relu(torch.add(judgement, 1)), share))]
      def mean(self: __torch__.Net, x: Tensor) -> List[Tensor]:
        return [torch.mean(x)]
      def inside(self: __torch__.Net, x: Tensor) -> List[Tensor]:
        return [__torch__.inner(x)]
      def beyond(self: __torch__.Net, x: Tensor, top: Tensor, left: Tensor) -> List[Tensor]:
        rows = torch.slice(x, 2, int(top), x.size(2), 1)
        return [torch.slice(rows, 3, int(left), x.size(3), 1)]
      def shared(self: __torch__.Net, x: Tensor, share: Tensor) -> List[Tensor]:
        return [torch.mean(torch.mul(x, share))]
      def trunk_lpips(self: __torch__.Net, x: Tensor, shift: Tensor, scale: Tensor) -> List[Tensor]:
        return [torch.div(torch.sub(x, shift), scale)]
      def trunk_caffe(self: __torch__.Net, x: Tensor, shift: Tensor, scale: Tensor) -> List[Tensor]:
        return [torch.div(torch.sub(torch.flip(x, [1]), shift), scale)]
      def unlike(self: __torch__.Net, out: Tensor, target: Tensor, head: Tensor, share: Tensor) -> List[Tensor]:
        d = torch.sub(__torch__.unit(out), __torch__.unit(target))
        each = torch.mean(torch.sum(torch.mul(torch.mul(d, d), head), [1], True), [2, 3], True)
        return [torch.mean(torch.mul(each, share))]
      def squared(self: __torch__.Net, out: Tensor, target: Tensor) -> List[Tensor]:
        d = torch.sub(out, target)
        each = torch.mean(torch.flatten(torch.mul(d, d), 1), [1])
        return [torch.mean(each)]
      """;

  private static final String FUNCTIONS =
      """
      def blur(x: Tensor, r: int) -> Tensor:
        h, w = x.size(2), x.size(3)
        p = torch.pad(x, [r, r, 0, 0], "replicate", None)
        sides = torch.add(torch.slice(p, 3, 0, w, 1), torch.slice(p, 3, 2 * r, w + 2 * r, 1))
        y = torch.add(torch.mul(sides, 0.25), torch.mul(x, 0.5))
        q = torch.pad(y, [0, 0, r, r], "replicate", None)
        ends = torch.add(torch.slice(q, 2, 0, h, 1), torch.slice(q, 2, 2 * r, h + 2 * r, 1))
        return torch.add(torch.mul(ends, 0.25), torch.mul(y, 0.5))
      def low(x: Tensor) -> Tensor:
        y = x
        for level in range(%d):
          y = __torch__.blur(y, 1 << level)
        return y
      def inner(x: Tensor) -> Tensor:
        b = %d
        return torch.slice(torch.slice(x, 2, b, x.size(2) - b, 1), 3, b, x.size(3) - b, 1)
      def unit(x: Tensor) -> Tensor:
        squares = torch.sum(torch.mul(x, x), [1], True)
        return torch.div(x, torch.sqrt(torch.add(squares, 1e-08)))
      def right(x: Tensor) -> Tensor:
        return torch.sub(torch.slice(x, 3, 1, x.size(3), 1), torch.slice(x, 3, 0, x.size(3) - 1, 1))
      def down(x: Tensor) -> Tensor:
        return torch.sub(torch.slice(x, 2, 1, x.size(2), 1), torch.slice(x, 2, 0, x.size(2) - 1, 1))
      """;

  private final TensorFunctions functions;

  /**
   * Compiles the losses.
   *
   * @param waveletLevels of the colour correction
   * @param borderPixels that losses of pictures leave out at each side
   */
  public Losses(TensorEngine engine, int waveletLevels, int borderPixels) {
    this.functions =
        engine.functions("losses", METHODS, FUNCTIONS.formatted(waveletLevels, borderPixels));
  }

  /** The scaled mean of the posterior. */
  DeviceTensor latent(TensorScope scope, DeviceTensor moments, double scale) {
    return one(scope, "latent", moments, number(scope, scale));
  }

  /** A scaled sample of the posterior. */
  DeviceTensor sample(TensorScope scope, DeviceTensor moments, DeviceTensor noise, double scale) {
    return one(scope, "sample", moments, noise, number(scope, scale));
  }

  /**
   * Divergence of the posterior from the unit normal, summed over a latent, mean over the batch.
   */
  DeviceTensor divergence(TensorScope scope, DeviceTensor moments) {
    return one(scope, "divergence", moments);
  }

  /** {@code a x + b y}, broadcasting. */
  DeviceTensor mix(
      TensorScope scope, DeviceTensor a, DeviceTensor x, DeviceTensor b, DeviceTensor y) {
    return one(scope, "mix", a, x, b, y);
  }

  /** {@code a x + b y}. */
  DeviceTensor mix(TensorScope scope, double a, DeviceTensor x, double b, DeviceTensor y) {
    return mix(scope, number(scope, a), x, number(scope, b), y);
  }

  /** {@code scale * x}. */
  DeviceTensor scaled(TensorScope scope, DeviceTensor x, double scale) {
    return one(scope, "scaled", x, number(scope, scale));
  }

  /** Detail of {@code content} on the low frequencies of {@code style}: the wavelet correction. */
  DeviceTensor color(TensorScope scope, DeviceTensor content, DeviceTensor style) {
    return one(scope, "color", content, style);
  }

  /**
   * Charbonnier of the levels plus {@code gradientWeight} times L1 of the differences between
   * neighbours: total, first part, second part.
   */
  List<DeviceTensor> picture(
      TensorScope scope, DeviceTensor out, DeviceTensor target, double gradientWeight) {
    return functions.call(scope, "picture", out, target, number(scope, gradientWeight));
  }

  /** Charbonnier of {@code scale * (out - target)}. */
  DeviceTensor charbonnier(TensorScope scope, DeviceTensor out, DeviceTensor target, double scale) {
    return one(scope, "charbonnier", out, target, number(scope, scale));
  }

  /** Mean absolute difference. */
  DeviceTensor absolute(TensorScope scope, DeviceTensor out, DeviceTensor target) {
    return one(scope, "absolute", out, target);
  }

  /** Hinge loss of judgements of real pictures: mean of {@code max(0, 1 - x)}. */
  DeviceTensor real(TensorScope scope, DeviceTensor judgement) {
    return one(scope, "real", judgement);
  }

  /** Hinge loss of judgements of made pictures: mean of {@code max(0, 1 + x)}. */
  DeviceTensor fake(TensorScope scope, DeviceTensor judgement) {
    return one(scope, "fake", judgement);
  }

  /** The same with a factor for each entry {@code [N,1,1,1]}: of real pictures. */
  DeviceTensor real(TensorScope scope, DeviceTensor judgement, DeviceTensor share) {
    return one(scope, "real_shared", judgement, share);
  }

  /** The same with a factor for each entry {@code [N,1,1,1]}: of made pictures. */
  DeviceTensor fake(TensorScope scope, DeviceTensor judgement, DeviceTensor share) {
    return one(scope, "fake_shared", judgement, share);
  }

  /** The mean. */
  DeviceTensor mean(TensorScope scope, DeviceTensor x) {
    return one(scope, "mean", x);
  }

  /** Pictures without their border. */
  DeviceTensor inside(TensorScope scope, DeviceTensor x) {
    return one(scope, "inside", x);
  }

  /** Pictures without their first {@code top} rows and {@code left} columns. */
  DeviceTensor beyond(TensorScope scope, DeviceTensor x, int top, int left) {
    return one(scope, "beyond", x, number(scope, top), number(scope, left));
  }

  /**
   * Mean of {@code share * x}.
   *
   * @param share {@code [N,1,1,1]}
   */
  DeviceTensor shared(TensorScope scope, DeviceTensor x, DeviceTensor share) {
    return one(scope, "shared", x, share);
  }

  /** Pictures in -1..1 as the trunk of a perceptual distance wants them. */
  DeviceTensor trunkInput(TensorScope scope, DeviceTensor picture, TrunkInput input) {
    return one(
        scope,
        input == TrunkInput.CAFFE ? "trunk_caffe" : "trunk_lpips",
        picture,
        perChannel(scope, input.shifts()),
        perChannel(scope, input.scales()));
  }

  /**
   * How far activations {@code [N,C,h,w]} are from each other: squared differences, each place's
   * channels scaled to length 1, summed over channels, mean over places and entries.
   *
   * @param head factor of each channel, {@code [1,C,1,1]} or one value
   * @param share factor of each entry {@code [N,1,1,1]}
   */
  DeviceTensor unlike(
      TensorScope scope,
      DeviceTensor out,
      DeviceTensor target,
      FloatTensor head,
      DeviceTensor share) {
    return one(scope, "unlike", out, target, scope.upload(head), share);
  }

  private static DeviceTensor perChannel(TensorScope scope, double... values) {
    float[] each = new float[values.length];
    for (int i = 0; i < each.length; i++) {
      each[i] = (float) values[i];
    }
    return scope.upload(FloatTensor.of(each, 1, each.length, 1, 1));
  }

  /** Mean over the batch of each entry's mean squared difference. */
  DeviceTensor squared(TensorScope scope, DeviceTensor out, DeviceTensor target) {
    return one(scope, "squared", out, target);
  }

  private DeviceTensor one(TensorScope scope, String method, DeviceTensor... arguments) {
    return functions.call(scope, method, arguments).get(0);
  }

  private static DeviceTensor number(TensorScope scope, double value) {
    return scope.upload(new float[] {(float) value}, 1);
  }

  @Override
  public void close() {
    functions.close();
  }
}
