package io.stablesr.parity;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.parity.FileResult.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** Replays a folder of recorded files. */
public final class ParityRun {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Replayers replayers;
  private final LongSupplier nanoTime;

  /**
   * A run that knows these files.
   *
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  public ParityRun(Replayers replayers, LongSupplier nanoTime) {
    this.replayers = replayers;
    this.nanoTime = nanoTime;
  }

  /**
   * Replays every recorded file in the order of the names; a file that breaks off fails alone.
   *
   * @param progress hears of each file as soon as it is done
   * @throws StableSrException INPUT_NOT_FOUND without a folder; CONFIG when its config.json cannot
   *     be read; ENGINE without libtorch
   */
  public ParityReport run(ParityOptions options, Consumer<FileResult> progress) {
    List<FileResult> results = new ArrayList<>();
    try (Networks networks = new Networks(options)) {
      for (Path file : files(options.folder())) {
        String name = file.getFileName().toString();
        if (networks.modelFiles().contains(file)
            || replayers.isCompanion(name)
            || !options.includes(name)) {
          continue;
        }
        FileResult result = replay(file, name, networks);
        results.add(result);
        progress.accept(result);
      }
    }
    return new ParityReport(results);
  }

  private FileResult replay(Path file, String name, Networks networks) {
    if (replayers.find(name).isEmpty()) {
      return FileResult.notReplayed(name, "unknown kind of file");
    }
    long begin = nanoTime.getAsLong();
    if (!name.endsWith(".safetensors")) {
      return finish(file, name, new Replay(null, networks), begin);
    }
    try (Golden golden = new Golden(file)) {
      return finish(file, name, new Replay(golden, networks), begin);
    } catch (StableSrException e) {
      return new FileResult(
          name, Outcome.FAIL, List.of(), List.of(), e.getMessage(), millisSince(begin));
    }
  }

  private FileResult finish(Path file, String name, Replay replay, long begin) {
    try {
      replayers.find(name).orElseThrow().replay(file, replay);
      return replay.finish(name, millisSince(begin));
    } catch (StableSrException e) {
      if (e.code() == ErrorCode.CANCELLED) {
        throw e;
      }
      return replay.broken(name, e.getMessage(), millisSince(begin));
    } catch (RuntimeException e) {
      // A file of an unforeseen layout must not hide the results of the others.
      return replay.broken(name, "cannot be replayed: " + e, millisSince(begin));
    }
  }

  private long millisSince(long begin) {
    return (nanoTime.getAsLong() - begin) / NANOS_PER_MILLI;
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "Cannot list %s; parity needs a folder of recorded files.".formatted(folder),
          e);
    }
  }
}
