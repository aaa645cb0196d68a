# Carries connections to loopback ports to Unix sockets, beside a command that this process
# becomes; see Relay.java. Arguments: {PORT SOCKET}... -- COMMAND...
use strict;
use IO::Socket::INET;
use IO::Socket::UNIX;
use IO::Select;

my (%path, @doors);
while ((my $port = shift @ARGV) ne '--') {
    my $path = shift @ARGV;
    my $door = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port,
        Listen => 16, ReuseAddr => 1) or next;
    push @doors, $door;
    $path{$door} = $path;
}
my @command = @ARGV;
if (@doors) {
    # Twice, so that it is no child of the command's: a program that waits for all of its own
    # would wait for this one.
    my $child = fork;
    if (defined $child && $child == 0) {
        my $second = fork;
        carry() if defined $second && $second == 0;
        exit 0;
    }
    waitpid $child, 0 if defined $child;
    close $_ for @doors;
}
exec { $command[0] } @command;
my $code = $!{ENOENT} ? 127 : 126;
print STDERR "$command[0]: $!\n";
exit $code;

sub carry {
    # Whoever reads what the command prints waits for the last writer, which must not be us.
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';
    setpgrp;
    # It ends with the sandbox, not when the command is asked to.
    $SIG{$_} = 'IGNORE' for qw(TERM HUP INT CHLD);
    $SIG{PIPE} = 'IGNORE';
    my $ready = IO::Select->new(@doors);
    while (1) {
        for my $door ($ready->can_read) {
            my $inside = $door->accept or next;
            my $child = fork;
            if (defined $child && $child == 0) {
                close $_ for @doors;
                my $outside = IO::Socket::UNIX->new(Peer => $path{$door});
                both($inside, $outside) if $outside;
                exit 0;
            }
            close $inside;
        }
    }
}

sub both {
    my ($one, $other) = @_;
    my %to = ($one => $other, $other => $one);
    my $open = IO::Select->new($one, $other);
    while ($open->count) {
        for my $from ($open->can_read) {
            my $to = $to{$from};
            my $got = sysread $from, my $bytes, 65536;
            if (!$got) {
                $open->remove($from);
                shutdown $to, 1;
                next;
            }
            for (my $at = 0; $at < $got;) {
                my $put = syswrite $to, $bytes, $got - $at, $at;
                exit 0 if !defined $put;
                $at += $put;
            }
        }
    }
}
