package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.network.Architecture;
import io.stablesr.restore.EncodedPicture.Features;
import io.stablesr.testing.Differences;
import io.stablesr.testing.MiniModel;
import io.stablesr.testing.TinyModel;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiled against untiled evaluation; the criterion is one level of 8 bits. */
class TiledAutoencoderTest {
  /** One level of 255 where the range is -1..1. */
  private static final double LEVEL = 2.0 / 255;

  private static final int UNTILED = 4096;

  private static TensorEngine engine;

  @BeforeAll
  static void open() {
    engine = TensorEngine.open(ComputeDevice.CPU, 1);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1})
  void tilesOfTheTrainedModelDifferByLessThanOneLevel(double fusionWeight) {
    try (MiniModel model = new MiniModel();
        TiledAutoencoder autoencoder = mini(model)) {
      double difference = difference(autoencoder, picture(256, 384), fusionWeight, 192, 192);
      assertThat(difference).isLessThan(LEVEL / 10);
    }
    assertThat(engine.liveTensors()).isZero();
  }

  @Test
  void tilesOfRandomWeightsInTheOfficialLayoutDifferByLessThanOneLevel() {
    try (TinyModel model = new TinyModel();
        TiledAutoencoder autoencoder = tiny(model)) {
      // Encoded untiled: the encoder's statistics are then found along with the decoder's.
      assertThat(difference(autoencoder, picture(64, 320), 1, UNTILED, 296)).isLessThan(LEVEL);
    }
  }

  @Test
  void theTiledEncoderOfRandomWeightsYieldsTheMomentsOfTheUntiledOne() {
    try (TinyModel model = new TinyModel();
        TiledAutoencoder autoencoder = tiny(model)) {
      FloatTensor picture = picture(64, 256);
      try (EncodedPicture whole = autoencoder.encode(picture, UNTILED, Features.DROP);
          EncodedPicture tiled = autoencoder.encode(picture, 216, Features.DROP)) {
        assertThat(Differences.relativeL2(tiled.moments(), whole.moments())).isLessThan(1e-3);
      }
    }
  }

  /** The full criterion; many minutes long, so only with {@code STABLESR_SLOW=true}. */
  @ParameterizedTest
  @ValueSource(strings = {"mini", "tiny"})
  void aPictureOf1024PixelsDiffersByLessThanOneLevel(String name) {
    assumeTrue("true".equals(System.getenv("STABLESR_SLOW")), "run with STABLESR_SLOW=true");
    FloatTensor picture = picture(1024, 1024);
    try (TinyModel tiny = new TinyModel();
        MiniModel mini = new MiniModel();
        TiledAutoencoder autoencoder = name.equals("mini") ? mini(mini) : tiny(tiny)) {
      assertThat(difference(autoencoder, picture, 0, 640, 640)).isLessThan(LEVEL);
      assertThat(difference(autoencoder, picture, 1, 640, 640)).isLessThan(LEVEL);
    }
  }

  @Test
  void droppedFeaturesAreComputedAgain() {
    try (MiniModel model = new MiniModel();
        TiledAutoencoder autoencoder = mini(model);
        EncodedPicture kept = autoencoder.encode(picture(64, 64), 64, Features.KEEP);
        EncodedPicture dropped = autoencoder.encode(picture(64, 64), 64, Features.DROP)) {
      FloatTensor latent = mean(kept.moments());
      assertThat(autoencoder.decode(dropped, latent, 1, 64).data())
          .isEqualTo(autoencoder.decode(kept, latent, 1, 64).data());
      // Moments and one feature of the kept picture.
      assertThat(engine.liveTensors()).isEqualTo(2);
    }
    assertThat(engine.liveTensors()).isZero();
  }

  @Test
  void aTileWithoutRoomBesideTheHaloIsRefused() {
    try (MiniModel model = new MiniModel();
        TiledAutoencoder autoencoder = mini(model)) {
      assertThatThrownBy(() -> autoencoder.encode(picture(128, 128), 64, Features.DROP))
          .isInstanceOfSatisfying(
              StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
          .hasMessageContaining("vae-tile-pixels is 64")
          .hasMessageContaining("must be at least");
    }
    assertThat(engine.liveTensors()).isZero();
  }

  @Test
  void anInterruptEndsTheWork() {
    try (MiniModel model = new MiniModel();
        TiledAutoencoder autoencoder = mini(model)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> autoencoder.encode(picture(256, 256), 192, Features.DROP))
          .isInstanceOfSatisfying(
              StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED))
          .hasMessage("The autoencoder was interrupted; no picture was written.");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(engine.liveTensors()).isZero();
  }

  private static TiledAutoencoder mini(MiniModel model) {
    return autoencoder(MiniModel.ARCHITECTURE, model.autoencoder());
  }

  private static TiledAutoencoder tiny(TinyModel model) {
    return autoencoder(TinyModel.ARCHITECTURE, model.autoencoder());
  }

  private static TiledAutoencoder autoencoder(Architecture architecture, Weights weights) {
    return new TiledAutoencoder(engine, architecture, weights, CompileOptions.EXACT);
  }

  /** Largest difference of the decoded picture to the one from untiled encoding and decoding. */
  private static double difference(
      TiledAutoencoder autoencoder,
      FloatTensor picture,
      double fusionWeight,
      int encoderTile,
      int decoderTile) {
    try (EncodedPicture whole = autoencoder.encode(picture, UNTILED, Features.KEEP);
        EncodedPicture tiled = autoencoder.encode(picture, encoderTile, Features.KEEP)) {
      FloatTensor expected =
          autoencoder.decode(whole, mean(whole.moments()), fusionWeight, UNTILED);
      FloatTensor actual =
          autoencoder.decode(tiled, mean(tiled.moments()), fusionWeight, decoderTile);
      double difference = Differences.maxAbs(actual, expected);
      System.out.printf("w=%s: largest difference %.4f levels%n", fusionWeight, difference / LEVEL);
      return difference;
    }
  }

  private static FloatTensor mean(FloatTensor moments) {
    int channels = moments.dim(1) / 2;
    return FloatTensor.of(
        Arrays.copyOf(moments.data(), moments.size() / 2),
        1,
        channels,
        moments.dim(2),
        moments.dim(3));
  }

  /** Smooth waves with textured patches, in -1..1. */
  static FloatTensor picture(int height, int width) {
    FloatTensor picture = FloatTensor.zeros(1, 3, height, width);
    Random random = new Random(5);
    int i = 0;
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double value = 0.6 * Math.sin(x / (60.0 + 10 * c)) * Math.cos(y / 80.0 + c);
          value += 0.5 * x / width - 0.25;
          if ((x / 96 + y / 64) % 3 == 0) {
            value += 0.3 * Math.sin(x * 0.9 + y * 0.5) + 0.15 * random.nextGaussian();
          }
          picture.data()[i++] = (float) Math.max(-1, Math.min(1, value));
        }
      }
    }
    return picture;
  }
}
