package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.degrade.DegradationPreset;
import io.stablesr.degrade.Degrader;
import io.stablesr.degrade.Drawer;
import io.stablesr.degrade.Presets;
import io.stablesr.diffusion.PhiloxUniform;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.PilResize;
import java.io.IOException;
import java.io.PrintWriter;
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
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Writes patches: pieces of photographs, what degradation makes of them, and what the teacher makes
 * of that. Patch n is a function of the options alone, so an interrupted run is continued by
 * another: files that exist are left as they are.
 */
public final class PatchMaker {
  /** Pixels around a patch that are degraded with it, so that borders look like the inside. */
  private static final int MARGIN = 16;

  private static final double[] SIZES = {1, 1, 0.75, 0.5};

  private final PatchOptions options;
  private final TensorEngine engine;
  private final CompileOptions teacherOptions;
  private final List<DegradationPreset> presets = new ArrayList<>();

  /** A maker of these patches. */
  public PatchMaker(PatchOptions options, TensorEngine engine, CompileOptions teacherOptions) {
    this.options = options;
    this.engine = engine;
    this.teacherOptions = teacherOptions;
    for (PatchOptions.Share share : options.presets()) {
      presets.add(Presets.parse(share.preset(), "patches.presets"));
    }
  }

  /** A run of patches from one photograph. */
  private record Piece(Path photo, int round, int from, int to) {}

  /** Writes what is missing; ends early once {@code stopped} says so. */
  public void run(PrintWriter log, BooleanSupplier stopped) throws IOException {
    Files.createDirectories(options.output());
    AtomicInteger done = new AtomicInteger();
    AtomicInteger next = new AtomicInteger();
    List<Piece> pieces = pieces();
    ExecutorService pool = Executors.newFixedThreadPool(options.workers());
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (int worker = 0; worker < options.workers(); worker++) {
        futures.add(
            pool.submit(
                () -> {
                  work(pieces, next, done, log, stopped);
                  return null;
                }));
      }
      for (Future<?> future : futures) {
        await(future);
      }
    } finally {
      pool.shutdownNow();
    }
    log.printf("%d of %d patches%n", done.get(), options.count());
  }

  private static void await(Future<?> future) throws IOException {
    try {
      future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof RuntimeException runtime) {
        throw runtime;
      }
      throw new StableSrException(ErrorCode.INTERNAL, "Making patches failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StableSrException(ErrorCode.CANCELLED, "Making patches was interrupted.", e);
    }
  }

  private void work(
      List<Piece> pieces,
      AtomicInteger next,
      AtomicInteger done,
      PrintWriter log,
      BooleanSupplier stopped)
      throws IOException {
    try (Teacher teacher =
        Teacher.load(engine, options.teacherParam(), options.teacherBin(), teacherOptions)) {
      for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
        if (stopped.getAsBoolean()) {
          return;
        }
        Piece piece = pieces.get(i);
        make(piece, teacher, stopped);
        int now = done.addAndGet(piece.to() - piece.from());
        if (i % 20 == 0) {
          log.printf("%d of %d patches%n", now, options.count());
          log.flush();
        }
      }
    }
  }

  private List<Piece> pieces() throws IOException {
    List<Path> photos;
    try (Stream<Path> files = Files.list(options.photos())) {
      photos = files.filter(Files::isRegularFile).sorted().toList();
    }
    if (photos.isEmpty()) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "There is no photograph in %s; set patches.photos.".formatted(options.photos()));
    }
    List<Piece> pieces = new ArrayList<>();
    int runs = options.rounds() * photos.size();
    for (int run = 0; run < runs; run++) {
      int from = (int) ((long) options.count() * run / runs);
      int to = (int) ((long) options.count() * (run + 1) / runs);
      if (to > from) {
        pieces.add(new Piece(photos.get(run % photos.size()), run / photos.size(), from, to));
      }
    }
    return pieces;
  }

  private void make(Piece piece, Teacher teacher, BooleanSupplier stopped) throws IOException {
    FloatTensor photo = null;
    for (int number = piece.from(); number < piece.to() && !stopped.getAsBoolean(); number++) {
      Path file = options.output().resolve("%06d.safetensors".formatted(number));
      if (Files.exists(file)) {
        continue;
      }
      if (photo == null) {
        photo = photo(piece);
      }
      String identity = "patch " + number + "\n" + piece.photo().getFileName();
      make(photo, identity, file, piece, teacher);
    }
  }

  private FloatTensor photo(Piece piece) throws IOException {
    String name = piece.photo().getFileName().toString();
    FloatTensor picture =
        new ImageDecoder(DecodeLimits.defaults())
            .decode(name, Files.readAllBytes(piece.photo()))
            .rgb();
    int least = options.side() + 2 * MARGIN;
    double size = SIZES[piece.round() % SIZES.length];
    size = Math.max(size, least / (double) Math.min(picture.dim(1), picture.dim(2)));
    if (size == 1) {
      return picture;
    }
    return PilResize.lanczos(
        picture,
        Math.max(least, (int) Math.round(picture.dim(1) * size)),
        Math.max(least, (int) Math.round(picture.dim(2) * size)));
  }

  private void make(FloatTensor photo, String identity, Path file, Piece piece, Teacher teacher) {
    PhiloxUniform dice = new PhiloxUniform(options.seed(), identity);
    FloatTensor piecePixels = piece(photo, dice);
    double point = dice.at(0, 0, 0, 0);
    String what = "bicubic";
    FloatTensor good = piecePixels;
    FloatTensor low;
    if (point < options.bicubicShare()) {
      int side = good.dim(1) / Patch.SCALE;
      low = PilResize.bicubic(good, side, side);
    } else {
      DegradationPreset preset = preset(dice.at(0, 0, 0, 1));
      what = preset.name();
      low =
          Degrader.apply(good, new Drawer(preset, Patch.SCALE).draw(options.seed(), identity))
              .lowQuality();
    }
    // What is stored has 256 levels, so that is what the teacher must see.
    byte[] lowLevels = Patch.levels(low);
    FloatTensor seen = FloatTensor.zeros(low.shape());
    for (int i = 0; i < lowLevels.length; i++) {
      seen.data()[i] = (lowLevels[i] & 0xFF) / 255f;
    }
    FloatTensor taught = teacher.enlarge(seen);
    int margin = MARGIN / Patch.SCALE;
    new Patch(
            options.side(),
            Patch.levels(crop(good, MARGIN, MARGIN, options.side())),
            Patch.levels(crop(seen, margin, margin, options.side() / Patch.SCALE)),
            Patch.levels(crop(taught, MARGIN, MARGIN, options.side())))
        .write(file, Map.of("photo", piece.photo().getFileName().toString(), "degradation", what));
  }

  private DegradationPreset preset(double point) {
    double total = options.presets().stream().mapToDouble(PatchOptions.Share::weight).sum();
    double left = point * total;
    for (int i = 0; i < presets.size() - 1; i++) {
      left -= options.presets().get(i).weight();
      if (left < 0) {
        return presets.get(i);
      }
    }
    return presets.get(presets.size() - 1);
  }

  /** The piece with most detail among the candidates. */
  private FloatTensor piece(FloatTensor photo, PhiloxUniform dice) {
    int side = options.side() + 2 * MARGIN;
    int candidates = dice.at(0, 1, 0, 0) < 0.25 ? 1 : options.candidates();
    FloatTensor best = null;
    double most = -1;
    for (int i = 0; i < candidates; i++) {
      int top = (int) (dice.at(0, 2, i, 0) * (photo.dim(1) - side + 1));
      int left = (int) (dice.at(0, 2, i, 1) * (photo.dim(2) - side + 1));
      FloatTensor candidate = crop(photo, top, left, side);
      double detail = detail(candidate);
      if (detail > most) {
        most = detail;
        best = candidate;
      }
    }
    return best;
  }

  private static double detail(FloatTensor picture) {
    int side = picture.dim(2);
    double sum = 0;
    for (int i = 0; i < picture.size() - side; i++) {
      sum += Math.abs(picture.data()[i + side] - picture.data()[i]);
      sum += Math.abs(picture.data()[i + 1] - picture.data()[i]);
    }
    return sum;
  }

  static FloatTensor crop(FloatTensor picture, int top, int left, int side) {
    FloatTensor out = FloatTensor.zeros(3, side, side);
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < side; y++) {
        int from = (c * picture.dim(1) + top + y) * picture.dim(2) + left;
        System.arraycopy(picture.data(), from, out.data(), (c * side + y) * side, side);
      }
    }
    return out;
  }
}
