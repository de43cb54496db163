package io.stablesr.degrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.testing.Goldens;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Recorded kernels of both sets. */
class KernelGoldenTest {
  private static final Map<String, KernelShape> DOUBLES =
      Map.of(
          "iso", iso(KernelFamily.ISO, 21, 1.3, 1),
          "aniso", aniso(KernelFamily.ANISO, 15, 1.4, 0.5, 0.7, 1),
          "giso", iso(KernelFamily.GENERALIZED_ISO, 11, 0.9, 0.6),
          "ganiso", aniso(KernelFamily.GENERALIZED_ANISO, 7, 1.1, 0.3, -2.0, 1.7),
          "piso", iso(KernelFamily.PLATEAU_ISO, 13, 0.8, 1.2),
          "paniso", aniso(KernelFamily.PLATEAU_ANISO, 19, 1.5, 0.4, 2.5, 1.5),
          "sinc0", new KernelShape.Sinc(7, 2.0),
          "sinc1", new KernelShape.Sinc(21, 3.0),
          "sinc2", new KernelShape.Sinc(13, 0.7));

  private static final Map<String, KernelShape> FLOATS =
      Map.ofEntries(
          Map.entry("iso.0", iso(KernelFamily.ISO, 7, 0.2, 1)),
          Map.entry("iso.1", iso(KernelFamily.ISO, 13, 0.9, 1)),
          Map.entry("iso.2", iso(KernelFamily.ISO, 21, 1.5, 1)),
          Map.entry("iso.3", iso(KernelFamily.ISO, 41, 10, 1)),
          Map.entry("aniso.0", aniso(KernelFamily.ANISO, 9, 1.3, 0.3, -2.1, 1)),
          Map.entry("aniso.1", aniso(KernelFamily.ANISO, 21, 1.5, 0.5, 0.7, 1)),
          Map.entry("generalized_iso.0", iso(KernelFamily.GENERALIZED_ISO, 11, 1.1, 0.5)),
          Map.entry("generalized_iso.1", iso(KernelFamily.GENERALIZED_ISO, 21, 1.4, 1.7)),
          Map.entry(
              "generalized_aniso.0", aniso(KernelFamily.GENERALIZED_ANISO, 11, 1.1, 0.6, 1.0, 0.5)),
          Map.entry(
              "generalized_aniso.1",
              aniso(KernelFamily.GENERALIZED_ANISO, 21, 1.4, 0.9, -0.4, 1.7)),
          Map.entry("plateau_iso.0", iso(KernelFamily.PLATEAU_ISO, 15, 1.2, 1.0)),
          Map.entry("plateau_iso.1", iso(KernelFamily.PLATEAU_ISO, 21, 1.0, 1.4)),
          Map.entry("plateau_aniso.0", aniso(KernelFamily.PLATEAU_ANISO, 15, 1.2, 0.7, 0.3, 1.0)),
          Map.entry("plateau_aniso.1", aniso(KernelFamily.PLATEAU_ANISO, 21, 1.0, 0.5, 2.9, 1.4)),
          Map.entry("sinc.0", new KernelShape.Sinc(7, Math.PI / 3)),
          Map.entry("sinc.1", new KernelShape.Sinc(11, 2.0)),
          Map.entry("sinc.2", new KernelShape.Sinc(13, Math.PI / 5)),
          Map.entry("sinc.3", new KernelShape.Sinc(21, 2.9)),
          Map.entry("sinc.4", new KernelShape.Sinc(21, Math.PI)));

  @Test
  void kernelsMatchInDoublePrecision() {
    Goldens goldens = Goldens.of("17_degradation_parts");
    DOUBLES.forEach(
        (name, shape) -> requireEqual(name, shape, goldens.doubles("kernel_f64/" + name), 5e-15));
  }

  @Test
  void kernelsMatchInSinglePrecision() {
    Goldens goldens = Goldens.ofOperators("degrade");
    FLOATS.forEach(
        (name, shape) -> requireEqual(name, shape, goldens.doubles("kernel." + name), 3e-8));
  }

  /** The recorded kernel may have a border of zeros. */
  private static void requireEqual(
      String name, KernelShape shape, double[] expected, double tolerance) {
    Kernel kernel = Kernel.of(shape);
    int side = (int) Math.sqrt(expected.length);
    int border = (side - kernel.size()) / 2;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        boolean inside = Math.min(y, x) >= border && Math.max(y, x) < border + kernel.size();
        double weight = inside ? kernel.weight(y - border, x - border) : 0;
        assertThat(Math.abs(weight - expected[y * side + x]))
            .as("%s at (%d,%d): %s", name, x, y, weight)
            .isLessThanOrEqualTo(tolerance);
      }
    }
  }

  private static KernelShape iso(KernelFamily family, int size, double sigma, double beta) {
    return new KernelShape.Blur(family, size, sigma, sigma, 0, beta);
  }

  private static KernelShape aniso(
      KernelFamily family, int size, double x, double y, double rotation, double beta) {
    return new KernelShape.Blur(family, size, x, y, rotation, beta);
  }
}
