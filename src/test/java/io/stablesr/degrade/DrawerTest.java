package io.stablesr.degrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.StableSrException;
import io.stablesr.degrade.DegradationDraw.Order;
import io.stablesr.degrade.DegradationDraw.Treatment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Properties of what is drawn. */
class DrawerTest {
  private static final int DRAWS = 4000;

  @Test
  void theDrawOfAPictureDependsOnSeedAndIdentityAlone() {
    Drawer drawer = new Drawer(Presets.named("stablesr"), 4);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      ids.add("photos/" + i + ".png");
    }
    Map<String, DegradationDraw> draws = new HashMap<>();
    ids.forEach(id -> draws.put(id, drawer.draw(42, id)));
    Collections.shuffle(ids, new Random(1));
    Drawer another = new Drawer(Presets.named("stablesr"), 4);
    for (String id : ids) {
      assertThat(another.draw(42, id)).isEqualTo(draws.get(id));
      assertThat(another.draw(43, id)).isNotEqualTo(draws.get(id));
    }
    assertThat(draws.values().stream().map(DegradationDraw::first).distinct()).hasSize(50);
  }

  @Test
  void everyPresetStaysInItsRanges() {
    for (String name : Presets.names()) {
      DegradationPreset preset = Presets.named(name);
      Drawer drawer = new Drawer(preset, 4);
      for (int i = 0; i < 1000; i++) {
        DegradationDraw draw = drawer.draw(7, name + i);
        requireInside(preset.first(), draw.first());
        requireInside(preset.second(), draw.second());
        assertThat(draw.last().jpegCodec()).isEqualTo(preset.jpegCodec());
      }
    }
  }

  @Test
  void frequenciesAreThoseOfThePreset() {
    Drawer drawer = new Drawer(Presets.named("stablesr"), 4);
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < DRAWS; i++) {
      DegradationDraw draw = drawer.draw(11, "image " + i);
      count(counts, "clean", draw.treatment() == Treatment.CLEAN);
      count(counts, "first blur", draw.first().blur().isPresent());
      count(counts, "second blur", draw.second().blur().isPresent());
      count(counts, "jpeg last", draw.last().order() == Order.JPEG_LAST);
      count(counts, "final sinc", draw.last().sinc() instanceof KernelShape.Sinc);
      count(counts, "up", draw.first().factor() > 1);
      count(counts, "down", draw.first().factor() < 1);
      count(counts, "area", draw.first().mode() == ResizeMode.AREA);
      NoiseShape noise = draw.first().noise().orElseThrow();
      count(counts, "gaussian", noise instanceof NoiseShape.Gaussian);
      count(counts, "grey", noise.color() == NoiseColor.GREY);
      if (draw.first().blur().orElseThrow() instanceof KernelShape.Blur blur) {
        count(counts, "iso", blur.family() == KernelFamily.ISO);
        count(counts, "plateau aniso", blur.family() == KernelFamily.PLATEAU_ANISO);
      }
    }
    Map<String, Double> expected =
        Map.ofEntries(
            Map.entry("clean", 0.01),
            Map.entry("first blur", 1.0),
            Map.entry("second blur", 0.5),
            Map.entry("jpeg last", 0.5),
            Map.entry("final sinc", 0.8),
            Map.entry("up", 0.2),
            Map.entry("down", 0.7),
            Map.entry("area", 1 / 3.0),
            Map.entry("gaussian", 0.5),
            Map.entry("grey", 0.4),
            Map.entry("iso", 0.9 * 0.45),
            Map.entry("plateau aniso", 0.9 * 0.03));
    expected.forEach(
        (what, share) ->
            assertThat(counts.get(what) / (double) DRAWS)
                .as(what)
                // More than three standard deviations of the rarest and of the evenest.
                .isCloseTo(share, Offset.offset(share < 0.05 ? 0.009 : 0.026)));
  }

  @Test
  void everyKernelSumsToOneAndIsSymmetric() {
    Drawer drawer = new Drawer(Presets.named("heavy"), 4);
    for (int i = 0; i < 500; i++) {
      KernelShape shape = drawer.draw(5, "kernel " + i).first().blur().orElseThrow();
      Kernel kernel = Kernel.of(shape);
      int last = kernel.size() - 1;
      double sum = 0;
      for (int y = 0; y <= last; y++) {
        for (int x = 0; x <= last; x++) {
          sum += kernel.weight(y, x);
          assertThat(kernel.weight(y, x))
              .as("%s", shape)
              .isCloseTo(kernel.weight(last - y, last - x), Offset.offset(1e-15));
        }
      }
      assertThat(sum).as("%s", shape).isCloseTo(1, Offset.offset(1e-12));
    }
  }

  @Test
  void oneRangeMoreOrLessLeavesTheOtherDrawsAsTheyAre() {
    DegradationDraw stock = new Drawer(Presets.named("stablesr"), 4).draw(3, "a");
    DegradationDraw own =
        new Drawer(Presets.parse("second.jpeg.quality = [20, 30]", "own.conf"), 4).draw(3, "a");
    assertThat(own.first()).isEqualTo(stock.first());
    assertThat(own.last()).isEqualTo(stock.last());
    assertThat(own.second().jpegQuality().orElseThrow()).isBetween(20.0, 30.0);
    assertThat(own.second().noise()).isEqualTo(stock.second().noise());
  }

  @Test
  void presetFilesBuildOnAPresetAndRefuseWhatTheyDoNotKnow() {
    DegradationPreset own =
        Presets.parse(
            "base = light, sharpening = { weight = 1, radius = 11, threshold-levels = 4 }",
            "own.conf");
    assertThat(own.sharpening()).contains(new Sharpening(1, 11, 4));
    assertThat(own.first()).isEqualTo(Presets.named("light").first());
    assertThat(own.name()).isEqualTo("own.conf");
    assertThatThrownBy(() -> Presets.parse("first.blur.sigmas = [0, 1]", "own.conf"))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "Key 'first.blur.sigmas' in own.conf is unknown; the nearest known key is 'first.blur.sigma'.");
    assertThatThrownBy(() -> Presets.parse("base = lite", "own.conf"))
        .hasMessage(
            "own.conf: base 'lite' does not exist; the nearest is 'light' of heavy, light, real-esrgan, stablesr.");
    assertThatThrownBy(() -> Presets.parse("first.jpeg.quality = [95, 60]", "own.conf"))
        .hasMessage(
            "The degradation preset own.conf cannot be used: A range goes from a smaller to a larger number, got 95.0 to 60.0.");
    assertThatThrownBy(() -> Presets.parse("first.jpeg.quality = 95", "own.conf"))
        .isInstanceOf(StableSrException.class)
        .hasMessageContaining("first.jpeg.quality");
  }

  private static void count(Map<String, Integer> counts, String what, boolean happened) {
    counts.merge(what, happened ? 1 : 0, Integer::sum);
  }

  private static void requireInside(StagePreset preset, DegradationDraw.Stage draw) {
    requireInside(draw.factor(), preset.resizing().factor());
    draw.jpegQuality().ifPresent(quality -> requireInside(quality, preset.jpeg().quality()));
    draw.noise()
        .ifPresent(
            noise -> {
              if (noise instanceof NoiseShape.Gaussian gaussian) {
                requireInside(gaussian.sigmaLevels(), preset.noise().sigmaLevels());
              } else if (noise instanceof NoiseShape.Poisson poisson) {
                requireInside(poisson.scale(), preset.noise().poissonScale());
              }
            });
    draw.blur()
        .ifPresent(
            shape -> {
              assertThat(shape.size())
                  .isBetween(preset.kernel().minSize(), preset.kernel().maxSize())
                  .isOdd();
              if (shape instanceof KernelShape.Blur blur) {
                requireInside(blur.sigmaX(), preset.kernel().sigma());
                requireInside(blur.sigmaY(), preset.kernel().sigma());
              } else if (shape instanceof KernelShape.Sinc sinc) {
                assertThat(sinc.cutoff())
                    .isBetween(sinc.size() < 13 ? Math.PI / 3 : Math.PI / 5, Math.PI);
              }
            });
  }

  private static void requireInside(double value, Range range) {
    assertThat(value).isBetween(range.low(), range.high());
  }
}
