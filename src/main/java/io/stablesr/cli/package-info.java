/** The command line: one class per subcommand, listed in {@link io.stablesr.cli.Main}. */
package io.stablesr.cli;
