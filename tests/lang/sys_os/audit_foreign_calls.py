"""Every foreign call is told to the audit hooks, with its address and arguments."""
import sys, ctypes, _ctypes
seen=[]
sys.addaudithook(lambda n,a: seen.append((n,a)) if n.startswith('ctypes.call') else None)
_ctypes.call_function(ctypes._memmove_addr,(0,0,0)); print(len(seen), seen[-1][1][1]); seen.clear()
ctypes.CFUNCTYPE(ctypes.c_voidp)(ctypes._memset_addr)(1, 0, 0); print(len(seen), seen[-1][1][1]); seen.clear()
_ctypes.call_cdeclfunction(ctypes._memmove_addr,(0,0,0)); print(len(seen), seen[-1][1][1]); seen.clear()
f=ctypes.CFUNCTYPE(ctypes.c_voidp, ctypes.c_int)(lambda x: x)
f(3); print(len(seen), seen[-1][1][1]); seen.clear()
ctypes.string_at(b'abc'); print(seen and seen[-1][1][1]);seen.clear()
ctypes.cast(0, ctypes.c_void_p); print(len(seen), seen and seen[-1][1][1])
