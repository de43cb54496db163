package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.Tiles;
import io.stablesr.diffusion.Window;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorCorrection;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.network.Architecture;
import io.stablesr.network.AutoencoderParts;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.EncodedPicture.Features;
import io.stablesr.restore.StripAutoencoder.Sample;
import io.stablesr.restore.TileSweep.Cores;
import io.stablesr.testing.MiniModel;
import io.stablesr.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The autoencoder with sampled statistics against the untiled one. */
class StripAutoencoderTest {
  private static final int UNTILED = 4096;

  /** No sample is smaller than a picture of these tests, so that all tiles are taken. */
  private static final Sample EVERYTHING = new Sample(100_000, 64);

  private static TensorEngine engine;

  @BeforeAll
  static void open() {
    engine = TensorEngine.open(ComputeDevice.CPU, 1);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @Test
  void withAttentionTheMiddleIsWhole() {
    try (TinyModel model = new TinyModel();
        TiledAutoencoder autoencoder = autoencoder(TinyModel.ARCHITECTURE, model.autoencoder())) {
      Levels levels =
          compare(autoencoder, TiledAutoencoderTest.picture(64, 256), 8, 0, 216, EVERYTHING);
      // The random model's output spans -14..14.
      assertThat(levels.largest()).isLessThan(1);
    }
    assertThat(engine.liveTensors()).isZero();
  }

  @Test
  void aSampleOfThePictureComesNearItsStatistics() {
    try (MiniModel model = new MiniModel();
        TiledAutoencoder autoencoder = autoencoder(MiniModel.ARCHITECTURE, model.autoencoder())) {
      Levels levels =
          compare(
              autoencoder, TiledAutoencoderTest.picture(256, 384), 4, 1, 256, new Sample(12, 8));
      assertThat(levels.mean()).isLessThan(1.5);
      assertThat(levels.largest()).isGreaterThan(0);
    }
    assertThat(engine.liveTensors()).isZero();
  }

  @Test
  void withoutAttentionAllOfTheNetworkRunsInTiles() {
    AutoencoderParts parts = new Graphs(MiniModel.ARCHITECTURE).autoencoderParts(Extent.TILE);

    assertThat(AutoencoderNetworks.haloLatents(parts.encoderWindow(), 4)).isEqualTo(10);
    assertThat(AutoencoderNetworks.haloLatents(parts.decoderWindow(), 4)).isEqualTo(13);
    assertThat(AutoencoderNetworks.haloLatents(parts.fusingDecoderWindow(), 4)).isEqualTo(18);
  }

  /** The table of docs/tiling.md; some minutes long, so only with {@code STABLESR_SLOW=true}. */
  @ParameterizedTest
  @CsvSource({"16, 8", "32, 8", "128, 8"})
  void measureSamplesOfAPhotograph(int count, int coreLatents) throws IOException {
    assumeTrue("true".equals(System.getenv("STABLESR_SLOW")), "run with STABLESR_SLOW=true");
    try (MiniModel model = new MiniModel();
        TiledAutoencoder autoencoder = autoencoder(MiniModel.ARCHITECTURE, model.autoencoder())) {
      Levels levels =
          compare(autoencoder, photographs(), 4, 1, 512, new Sample(count, coreLatents));
      assertThat(levels.mean()).isLessThan(2);
    }
  }

  private static TiledAutoencoder autoencoder(Architecture architecture, Weights weights) {
    return new TiledAutoencoder(engine, architecture, weights, CompileOptions.EXACT);
  }

  /** Decodes both ways what each way has encoded. */
  private static Levels compare(
      TiledAutoencoder autoencoder,
      FloatTensor picture,
      int f,
      double fusionWeight,
      int tilePixels,
      Sample sample) {
    FloatTensor expected;
    try (EncodedPicture whole = autoencoder.encode(picture, UNTILED, Features.DROP)) {
      expected = autoencoder.decode(whole, mean(whole.moments()), fusionWeight, UNTILED);
    }
    int height = picture.dim(2) / f;
    int width = picture.dim(3) / f;
    Window canvas = Window.whole(height, width);
    StripAutoencoder strips = autoencoder.strips(sample);
    FloatTensor moments = FloatTensor.zeros(1, 8, height, width);
    FloatTensor actual = FloatTensor.zeros(picture.shape());
    TileSweep.Plane source = plane(picture, f);
    PictureStatistics statistics =
        strips.encode(canvas, source, tilePixels, Cores.into(moments, 1));
    strips.decode(
        canvas,
        source,
        plane(mean(moments), 1),
        statistics,
        fusionWeight,
        tilePixels,
        Cores.into(actual, f));
    Levels levels = Levels.between(actual, expected);
    System.out.printf(
        "%s: decoded %s, after the wavelet fix %s%n",
        sample, levels, Levels.between(fixed(actual, picture), fixed(expected, picture)));
    return levels;
  }

  private static FloatTensor fixed(FloatTensor content, FloatTensor style) {
    return ColorCorrection.wavelet(flat(content), flat(style), 3);
  }

  private static FloatTensor flat(FloatTensor picture) {
    return picture.reshape(3, picture.dim(2), picture.dim(3));
  }

  private static TileSweep.Plane plane(FloatTensor image, int scale) {
    return (scope, latents) ->
        scope.upload(
            Tiles.crop(
                image,
                0,
                new Window(
                    scale * latents.y(),
                    scale * latents.x(),
                    scale * latents.height(),
                    scale * latents.width())));
  }

  private static FloatTensor mean(FloatTensor moments) {
    return FloatTensor.of(
        Arrays.copyOf(moments.data(), moments.size() / 2),
        1,
        moments.dim(1) / 2,
        moments.dim(2),
        moments.dim(3));
  }

  /** Four photographs of 512 x 512 side by side, in -1..1. */
  private static FloatTensor photographs() throws IOException {
    List<Path> files;
    try (var names = Files.list(SharedFolder.path("data/drealsr/gt"))) {
      files = names.sorted().limit(4).toList();
    }
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());
    FloatTensor picture = FloatTensor.zeros(1, 3, 1024, 1024);
    for (int i = 0; i < 4; i++) {
      FloatTensor photo = decoder.decode("photo", Files.readAllBytes(files.get(i))).rgb();
      for (int k = 0; k < photo.size(); k++) {
        photo.data()[k] = 2 * photo.data()[k] - 1;
      }
      Tiles.put(photo, picture, new Window(512 * (i / 2), 512 * (i % 2), 512, 512));
    }
    return picture;
  }

  /** Differences in levels of 8 bits where the range is -1..1. */
  private record Levels(double mean, double largest) {
    static Levels between(FloatTensor one, FloatTensor other) {
      double sum = 0;
      double largest = 0;
      for (int i = 0; i < one.size(); i++) {
        double difference = Math.abs((double) one.data()[i] - other.data()[i]) * 255 / 2;
        sum += difference;
        largest = Math.max(largest, difference);
      }
      return new Levels(sum / one.size(), largest);
    }
  }
}
