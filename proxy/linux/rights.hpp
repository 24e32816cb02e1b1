#pragma once
// What the kernel lets us do, and when (docs/decisions: who may what). Packets are queued, sent raw
// and marked with CAP_NET_ADMIN and CAP_NET_RAW only; everything else is done with the rights of
// whoever started us.

namespace latesyn {

/// To be called first of all. Where the program's file gave us more rights than our caller has
/// (setcap, a set-user-ID bit), we are the caller again, and only those two rights are left: laid
/// by, for require_rights() to take up. So each file is opened as the caller. Throws
/// std::runtime_error.
void lay_by_raised_rights();

/// Gives those up, too: for what runs programs of the caller's choice. Rights that the caller has
/// anyway stay. Throws std::runtime_error.
void renounce_raised_rights();

/// Takes up the two rights. Throws std::runtime_error that names what is missing and how to get it.
void require_rights();

/// Gives up for good what a run needs none of, also where the caller is root: what is left are the
/// two rights, and those to read and write anybody's files and to load a kernel module, where we
/// have them, for reloads, reports and iptables. No program that is started gets more. To be called
/// while there is one thread; the threads that it starts have no more either. Throws
/// std::runtime_error.
void give_up_rights();

/// For a thread that reads packets, once it begins: of those the two rights only, and none of the
/// system calls that are of no use there (packet_calls.hpp). Where the kernel refuses, the log says
/// so.
void keep_packet_rights();

/// As long as this lives, programs that the calling thread starts have our two rights, also where
/// they come from the program's file and not from being root.
class LentRights {
 public:
  LentRights();
  ~LentRights();
  LentRights(const LentRights&) = delete;
  LentRights& operator=(const LentRights&) = delete;
};

/// True where the program's file gave us rights, so that what the caller's environment says may not
/// be handed on to programs that get them.
bool has_raised_rights();

}  // namespace latesyn
