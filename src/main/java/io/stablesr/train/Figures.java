package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Sums of figures. */
final class Figures {
  private final Map<String, Double> sums = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new LinkedHashMap<>();

  void add(String name, double value) {
    sums.merge(name, value, Double::sum);
    counts.merge(name, 1, Integer::sum);
  }

  Map<String, Double> means() {
    Map<String, Double> means = new LinkedHashMap<>();
    sums.forEach((name, sum) -> means.put(name, sum / counts.get(name)));
    return means;
  }

  /** PSNR of the BT.601 luma of pictures {@code [1,3,S,S]} in -1..1, clamped, in dB. */
  static double psnr(FloatTensor a, FloatTensor b, int border) {
    float[] first = luma(a);
    float[] second = luma(b);
    int side = a.dim(3);
    double sum = 0;
    int count = 0;
    for (int y = border; y < side - border; y++) {
      for (int x = border; x < side - border; x++) {
        double difference = first[y * side + x] - second[y * side + x];
        sum += difference * difference;
        count++;
      }
    }
    return -10 * Math.log10(Math.max(sum / count, 1e-10));
  }

  /** Mean length of differences between neighbours of the luma. */
  static double sharpness(FloatTensor picture, int border) {
    float[] luma = luma(picture);
    int side = picture.dim(3);
    double sum = 0;
    for (int y = border; y < side - border; y++) {
      for (int x = border; x < side - border; x++) {
        int at = y * side + x;
        sum += Math.hypot(luma[at + 1] - luma[at], luma[at + side] - luma[at]);
      }
    }
    return sum;
  }

  private static float[] luma(FloatTensor picture) {
    int plane = picture.dim(2) * picture.dim(3);
    float[] luma = new float[plane];
    float[] weights = {65.481f / 255, 128.553f / 255, 24.966f / 255};
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < plane; i++) {
        float value = (picture.data()[c * plane + i] + 1) / 2;
        luma[i] += weights[c] * Math.max(0, Math.min(1, value));
      }
    }
    return luma;
  }
}
