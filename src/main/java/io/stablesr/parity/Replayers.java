package io.stablesr.parity;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which {@link Replayer} is for which file: by the two digits before the underscore and by the
 * ending. Immutable.
 */
public final class Replayers {
  private final Map<String, Entry> entries;

  private record Entry(Optional<Replayer> replayer, String reason) {}

  private Replayers(Map<String, Entry> entries) {
    this.entries = Map.copyOf(entries);
  }

  /** Everything that is known. */
  public static Replayers standard() {
    Map<String, Entry> entries = new LinkedHashMap<>();
    tensors(entries, "01", new ScheduleReplayer());
    tensors(entries, "02", new TimestepEmbeddingReplayer());
    tensors(entries, "03", new ConditionEncoderReplayer());
    tensors(entries, "04", new DenoiserReplayer());
    tensors(entries, "05", new TraceReplayer());
    tensors(entries, "06", new AutoencoderReplayer());
    tensors(entries, "07", new SamplingReplayer());
    tensors(entries, "08", new SamplingReplayer());
    tensors(entries, "09", new SamplingReplayer());
    tensors(entries, "11", new TileReplayer());
    entries.put("11.json", new Entry(Optional.of(new TilePositionsReplayer()), ""));
    tensors(entries, "12", new ColorFixReplayer());
    tensors(entries, "13", new ResizeReplayer());
    tensors(entries, "14", new TextReplayer());
    entries.put("14.json", new Entry(Optional.of(new PromptReplayer()), ""));
    tensors(entries, "15", new ScriptReplayer());
    tensors(entries, "16", new TrainingReplayer());
    tensors(entries, "17", new DegradationReplayer());
    return new Replayers(entries);
  }

  private static void tensors(Map<String, Entry> entries, String number, Replayer replayer) {
    entries.put(number + ".safetensors", new Entry(Optional.of(replayer), ""));
  }

  /** The replayer of a file, if there is one. */
  Optional<Replayer> find(String fileName) {
    return entry(fileName).flatMap(Entry::replayer);
  }

  /** Why there is none. */
  String reason(String fileName) {
    return entry(fileName).map(Entry::reason).orElse("unknown kind of file");
  }

  private Optional<Entry> entry(String fileName) {
    String ending = fileName.substring(fileName.lastIndexOf('.') + 1);
    return number(fileName).map(number -> entries.get(number + "." + ending));
  }

  /** The two digits a recorded file's name begins with. */
  static Optional<String> number(String fileName) {
    return fileName.matches("\\d\\d_.*") ? Optional.of(fileName.substring(0, 2)) : Optional.empty();
  }
}
