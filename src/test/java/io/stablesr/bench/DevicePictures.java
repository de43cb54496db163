package io.stablesr.bench;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.DecodedImage;
import io.stablesr.job.ImageCodec;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.UpscaleListener;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscaleRequest;
import io.stablesr.restore.UpscaleResult;
import io.stablesr.restore.Upscaler;
import io.stablesr.restore.UpscalerFactories;
import io.stablesr.restore.UpscalerFactory;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;

/** Whole pictures with a model that is opened as a job opens it, without Spark. */
final class DevicePictures implements AutoCloseable {
  private static final List<String> PHOTOGRAPHS = List.of("webp/1.webp", "webp/5.webp");

  private final Settings settings;
  private final ImageCodec codec;
  private final Upscaler model;
  private final FloatTensor photograph;

  /**
   * @param given settings that differ from the defaults of the model
   */
  DevicePictures(Map<String, String> given) throws IOException {
    UpscalerFactory factory = UpscalerFactories.find();
    this.settings =
        Settings.of(
            SettingKeys.reference(),
            List.of(SettingsLayer.ofCommandLine(given)),
            bundle -> factory.describe(bundle).defaults());
    this.codec = new ImageCodec(SettingsReader.job(settings.values()));
    this.photograph = codec.decode("photograph", photographs(1).get(0)).bledRgb();
    this.model = factory.open(SettingsReader.model(settings.values()));
  }

  /** Upscales a photograph of 128x128 pixels. */
  UpscaleResult upscale(Map<String, String> sampling) {
    return model.upscale(
        new UpscaleRequest("photograph", photograph, options(sampling)), UpscaleListener.NONE);
  }

  private UpscaleOptions options(Map<String, String> sampling) {
    return SettingsReader.upscale(
        SettingsLayer.ofCommandLine(sampling).values().withFallback(settings.values()));
  }

  /** Writes files of photographs of 128x128 pixels. */
  static void write(Path folder, int count) throws IOException {
    List<byte[]> files = photographs(count);
    for (int i = 0; i < count; i++) {
      Files.write(folder.resolve("p%04d.png".formatted(i)), files.get(i));
    }
  }

  /** Seconds that reading, upscaling and writing all files of a folder takes. */
  double folder(Path input, Path output, int threads)
      throws IOException, InterruptedException, ExecutionException {
    List<Path> files;
    try (var listed = Files.list(input)) {
      files = listed.sorted().toList();
    }
    UpscaleOptions options = options(Map.of());
    AtomicInteger next = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    long start = System.nanoTime();
    try {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        ends.add(
            pool.submit(
                () -> {
                  for (int at = next.getAndIncrement();
                      at < files.size();
                      at = next.getAndIncrement()) {
                    file(files.get(at), output, options);
                  }
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } finally {
      pool.shutdown();
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private void file(Path input, Path output, UpscaleOptions options) {
    String name = input.getFileName().toString();
    try {
      DecodedImage source = codec.decode(name, Files.readAllBytes(input));
      UpscaleResult result =
          model.upscale(new UpscaleRequest(name, source.bledRgb(), options), UpscaleListener.NONE);
      Files.write(output.resolve(name), codec.encode(result.image(), source, Map.of()).bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<byte[]> photographs(int count) throws IOException {
    int side = 128;
    List<BufferedImage> photographs = new ArrayList<>();
    for (String name : PHOTOGRAPHS) {
      try (InputStream stream = DevicePictures.class.getClassLoader().getResourceAsStream(name)) {
        photographs.add(ImageIO.read(stream));
      }
    }
    List<byte[]> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BufferedImage photograph = photographs.get(i % photographs.size());
      int left = 37 * i % (photograph.getWidth() - side);
      int top = 53 * i % (photograph.getHeight() - side);
      BufferedImage part = new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR);
      part.getRaster()
          .setRect(
              photograph.getRaster().createChild(left, top, side, side, 0, 0, new int[] {0, 1, 2}));
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(part, "png", png);
      files.add(png.toByteArray());
    }
    return files;
  }

  @Override
  public void close() {
    model.close();
  }
}
