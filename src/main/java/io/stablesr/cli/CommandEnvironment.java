package io.stablesr.cli;

import io.stablesr.job.ProgressConsole;
import io.stablesr.restore.UpscalerFactory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a subcommand has to do with the world.
 *
 * @param out takes the subcommand's own output, nothing else
 * @param err takes progress and errors
 * @param errKind whether {@code err} is a terminal
 * @param profileFolders where {@code --profile} looks for files
 * @param cpuInfo what Linux says of the processor; missing elsewhere
 * @param factory finds the upscaling engine; asked only when a subcommand needs it
 */
public record CommandEnvironment(
    PrintWriter out,
    PrintWriter err,
    ProgressConsole.Kind errKind,
    List<Path> profileFolders,
    Path cpuInfo,
    Supplier<UpscalerFactory> factory) {}
