package io.stablesr.parity;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;

/** A report for programs; docs/parity.md describes the fields. */
public final class ReportJson {
  private ReportJson() {}

  /** The report as one JSON object; numbers that are not finite are null. */
  public static String render(ParityReport report) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.setIndent("  ");
      json.beginObject();
      json.name("passed").value(report.count(FileResult.Outcome.PASS));
      json.name("failed").value(report.count(FileResult.Outcome.FAIL));
      json.name("notReplayed").value(report.count(FileResult.Outcome.NOT_REPLAYED));
      json.name("files").beginArray();
      for (FileResult file : report.files()) {
        file(json, file);
      }
      json.endArray().endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text + System.lineSeparator();
  }

  private static void file(JsonWriter json, FileResult file) throws IOException {
    json.beginObject();
    json.name("file").value(file.file());
    json.name("result").value(file.outcome().name().toLowerCase(Locale.ROOT));
    json.name("message").value(file.message());
    json.name("elapsedMillis").value(file.elapsedMillis());
    finite(json.name("maxAbs"), file.maxAbs());
    finite(json.name("relativeL2"), file.relativeL2());
    json.name("tensors").beginArray();
    for (TensorCheck check : file.checks()) {
      json.beginObject();
      json.name("tensor").value(check.tensor());
      finite(json.name("maxAbs"), check.maxAbs());
      finite(json.name("relativeL2"), check.relativeL2());
      json.name("tolerance").value(check.tolerance());
      json.name("passed").value(check.passed());
      json.name("note").value(check.note());
      json.endObject();
    }
    json.endArray();
    json.name("notCompared").beginArray();
    for (Omission omission : file.omissions()) {
      json.beginObject();
      json.name("tensor").value(omission.tensor());
      json.name("reason").value(omission.reason());
      json.endObject();
    }
    json.endArray().endObject();
  }

  private static void finite(JsonWriter json, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.value(value);
    } else {
      json.nullValue();
    }
  }
}
