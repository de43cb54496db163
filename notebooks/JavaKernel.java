import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.BaseKernelBuilder;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/**
 * A Jupyter kernel for Java: cells go to JShell inside this JVM, so that they see this program,
 * Spark and each other's objects. {@code show(html)} in a cell shows HTML below it. JJava's library
 * speaks the protocol. Started by {@code jobs/notebook} with a connection file.
 */
public final class JavaKernel extends BaseKernel {
  /** Here, as a later import makes JShell define all variables anew, without their values. */
  private static final String START =
      """
      import io.stablesr.engine.*;
      import io.stablesr.metric.*;
      import io.stablesr.report.*;
      import io.stablesr.spark.*;
      import java.util.*;
      import java.util.stream.*;
      import org.apache.spark.sql.*;
      import static org.apache.spark.sql.functions.*;
      void show(String html) {
        var shown = new org.dflib.jjava.jupyter.kernel.display.DisplayData();
        shown.putHTML(html);
        org.dflib.jjava.jupyter.kernel.BaseKernel.notebookKernel().display(shown);
      }
      """;

  private final JShell shell;

  private JavaKernel(Builder b) {
    super(
        "stablesr-java",
        "1",
        new LanguageInfo.Builder("Java")
            .version(Runtime.version().toString())
            .mimetype("text/x-java-source")
            .fileExtension(".jshell")
            .pygments("java")
            .codemirror("java")
            .build(),
        List.of(),
        null,
        b.io(),
        b.comms(),
        b.renderer(),
        b.magics(),
        b.registry(),
        false,
        b.styler());
    shell = JShell.builder().executionEngine("local").build();
    shell.addToClasspath(System.getProperty("java.class.path"));
    evalRaw(START);
  }

  /** Gives the library's parts, which have no public constructor of their own together. */
  private static final class Builder extends BaseKernelBuilder<Builder, JavaKernel> {
    org.dflib.jjava.jupyter.kernel.JupyterIO io() {
      return buildJupyterIO(buildJupyterIOEncoding());
    }

    org.dflib.jjava.jupyter.kernel.comm.CommManager comms() {
      return buildCommManager();
    }

    org.dflib.jjava.jupyter.kernel.display.Renderer renderer() {
      return buildRenderer();
    }

    org.dflib.jjava.jupyter.kernel.magic.MagicsRegistry registry() {
      return buildMagicsRegistry();
    }

    org.dflib.jjava.jupyter.kernel.magic.MagicParser magics() {
      return new org.dflib.jjava.jupyter.kernel.magic.MagicParser(
          "(?<=(?:^|=))\\s*%", "%%", buildMagicTranspiler());
    }

    org.dflib.jjava.jupyter.kernel.util.StringStyler styler() {
      return buildErrorStyler();
    }

    @Override
    public JavaKernel build() {
      return new JavaKernel(this);
    }
  }

  /** The text of the last value; a cell that does not compile or throws ends with an exception. */
  @Override
  public Object evalRaw(String cell) {
    String rest = cell;
    String value = null;
    while (!rest.isBlank()) {
      SourceCodeAnalysis.CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      if (!next.completeness().isComplete()) {
        throw new IllegalArgumentException("This does not end: " + rest.strip());
      }
      for (SnippetEvent event : shell.eval(next.source())) {
        value = checked(event);
      }
      rest = next.remaining();
    }
    return value;
  }

  private String checked(SnippetEvent event) {
    if (event.exception() instanceof EvalException thrown) {
      throw new IllegalStateException(
          thrown.getExceptionClassName() + ": " + thrown.getMessage(), thrown);
    }
    if (event.status() == Snippet.Status.REJECTED) {
      throw new IllegalArgumentException(
          shell
              .diagnostics(event.snippet())
              .map(found -> found.getMessage(Locale.ROOT))
              .collect(Collectors.joining("; ", event.snippet().source().strip() + ": ", "")));
    }
    boolean isExpression =
        event.snippet().kind() == Snippet.Kind.EXPRESSION
            || event.snippet().subKind() == Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND;
    return isExpression && !event.value().isEmpty() ? event.value() : null;
  }

  @Override
  public DisplayData inspect(String code, int at, boolean extraDetail) {
    return null;
  }

  @Override
  public ReplacementOptions complete(String code, int at) {
    return null;
  }

  @Override
  public String isComplete(String code) {
    return IS_COMPLETE_YES;
  }

  /** {@code JavaKernel CONNECTION_FILE}. */
  public static void main(String[] args) throws Exception {
    JupyterConnection connection =
        new JupyterConnection(
            KernelConnectionProperties.parse(Files.readString(Path.of(args[0]))));
    JavaKernel kernel = new Builder().build();
    kernel.becomeHandlerForConnection(connection);
    kernel.installNotebookKernel();
    connection.connect();
    connection.waitUntilClose();
  }
}
